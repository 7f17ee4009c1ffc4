#include "load.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "fetch_lane.h"
#include "handshakes.h"
#include "produce_lane.h"
#include "worker.h"

namespace barnabas::bench {

namespace {

/// A load's threads. Lanes go to them in turn.
class Crew {
public:
    explicit Crew(int threads) : workers_(static_cast<std::size_t>(threads)) {}

    Worker& next() { return workers_[turn_++ % workers_.size()]; }

    /// What all counted in one interval, which ends when so many requests are counted, too, if that is not 0. The error
    /// is the first that one of them met.
    std::expected<Tally, std::string> run(Instant from, Instant until, std::uint64_t requests) {
        Budget budget(requests);
        {
            std::vector<std::jthread> threads;
            for (Worker& worker : workers_) {
                if (!worker.idle()) {
                    threads.emplace_back([&worker, &budget, from, until] { worker.run(from, until, budget); });
                }
            }
        }
        return counted(from);
    }

private:
    std::expected<Tally, std::string> counted(Instant from) {
        Tally all{.from = from, .until = from};
        for (Worker& worker : workers_) {
            for (Tally* tally : {&worker.tally(), &worker.aside()}) {
                if (!tally->failure.empty()) {
                    return std::unexpected(tally->failure);
                }
            }
            all.add(worker.tally());
        }
        return all;
    }

    std::vector<Worker> workers_;
    std::size_t turn_ = 0;
};

using Made = std::expected<void, std::string>;

std::expected<Socket, std::string> connected(const LoadOptions& options) {
    if (options.tls.empty()) {
        return Socket::connect(options.host, options.port);
    }
    static const auto tls = Tls::of_version(options.tls);
    return tls ? Socket::connect(options.host, options.port, &*tls) : std::unexpected(tls.error());
}

/// What the producers of a tail run count is not what is asked for.
Made add_producers(Crew& crew, const LoadOptions& options, bool stamped) {
    const auto shared = std::make_shared<std::vector<ProduceFrame>>(produce_frames(options));
    for (int i = 0; i < options.connections; ++i) {
        auto socket = connected(options);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        std::expected<std::int64_t, std::string> id = -1;
        if (options.idempotent) {
            id = ProduceLane::ask_producer_id(*socket);
            if (!id) {
                return std::unexpected(id.error());
            }
        }
        const auto frames =
            stamped || options.idempotent ? std::make_shared<std::vector<ProduceFrame>>(*shared) : shared;
        Worker& worker = crew.next();
        auto lane = std::make_unique<ProduceLane>(
            *std::move(socket), stamped ? worker.aside() : worker.tally(), options, frames, static_cast<std::size_t>(i),
            stamped
        );
        if (options.idempotent) {
            lane->set_producer_id(*id);
        }
        worker.add(std::move(lane));
    }
    return {};
}

/// One reader a connection, or at the tail one a partition.
Made add_readers(Crew& crew, const LoadOptions& options, std::optional<std::size_t> stamp) {
    const int at_tail = options.readers == 0 ? options.partitions : options.readers;
    const int readers = stamp ? at_tail : options.connections;
    for (int i = 0; i < readers; ++i) {
        auto socket = connected(options);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        const std::int32_t partition = i % options.partitions;
        const auto offset = FetchLane::ask_offset(*socket, options.topic, partition, stamp.has_value());
        if (!offset) {
            return std::unexpected(offset.error());
        }
        Worker& worker = crew.next();
        worker.add(std::make_unique<FetchLane>(
            *std::move(socket), worker.tally(), options, FetchLane::Place{partition, *offset, stamp}
        ));
    }
    return {};
}

/// Connections that ask nothing.
class IdleLane final : public Lane {
public:
    using Lane::Lane;

private:
    std::optional<Outgoing> next(Instant) override { return std::nullopt; }
    Made take(BytesView, const Sent&, Instant) override { return std::unexpected("an answer that nothing asked for"); }
};

Made add_idle(Crew& crew, const LoadOptions& options) {
    for (int i = 0; i < options.connections; ++i) {
        auto socket = connected(options);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        Worker& worker = crew.next();
        worker.add(std::make_unique<IdleLane>(*std::move(socket), worker.tally(), 1));
    }
    return {};
}

Made add_lanes(Crew& crew, const LoadOptions& options) {
    switch (options.work) {
        case LoadOptions::Work::produce:
            return add_producers(crew, options, false);
        case LoadOptions::Work::fetch:
            return add_readers(crew, options, std::nullopt);
        case LoadOptions::Work::idle:
            return add_idle(crew, options);
        case LoadOptions::Work::tail:
        case LoadOptions::Work::handshakes:
            break;
    }
    if (options.compression != Compression::none) {
        return std::unexpected("tail puts the time into values, which must not be compressed");
    }
    const std::size_t stamp = produce_frames(options).front().stamp;
    const Made readers = add_readers(crew, options, stamp);
    return readers ? add_producers(crew, options, true) : readers;
}

/// A thread for each connection at a time. The error is the first that one of them met.
std::expected<Tally, std::string> count_handshakes(const LoadOptions& options, Instant from, Instant until) {
    std::vector<Tally> tallies(static_cast<std::size_t>(options.connections), Tally{.from = from, .until = until});
    {
        std::vector<std::jthread> threads;
        for (Tally& tally : tallies) {
            threads.emplace_back([&options, &tally] { shake_hands_again_and_again(options, tally); });
        }
    }
    Tally all{.from = from, .until = until};
    for (const Tally& tally : tallies) {
        if (!tally.failure.empty()) {
            return std::unexpected(tally.failure);
        }
        all.add(tally);
    }
    return all;
}

}  // namespace

std::expected<void, std::string> run_load(const LoadOptions& options, const std::function<void(const Tally&)>& tell) {
    const auto seconds = [](double count) {
        return std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(count));
    };
    const bool shakes_hands = options.work == LoadOptions::Work::handshakes;
    Crew crew(options.threads);
    if (auto added = shakes_hands ? Made() : add_lanes(crew, options); !added) {
        return std::unexpected(added.error());
    }
    Instant from = system_clock().now() + seconds(options.warm_up);
    for (int i = 0; i < options.intervals; ++i) {
        const Instant until = from + seconds(options.seconds);
        const auto counted =
            shakes_hands ? count_handshakes(options, from, until) : crew.run(from, until, options.requests);
        if (!counted) {
            return std::unexpected(counted.error());
        }
        tell(*counted);
        from = until;
    }
    return {};
}

}  // namespace barnabas::bench
