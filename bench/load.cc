#include "load.h"

#include <sys/epoll.h>

#include <memory>

#include "fetch_lane.h"
#include "produce_lane.h"

namespace barnabas::bench {

namespace {

using Lanes = std::vector<std::unique_ptr<Lane>>;

/// Runs lanes until a moment: each when its socket has something, or when it has something to send.
class Loop {
public:
    explicit Loop(Lanes& lanes) : lanes_(lanes), poll_(::epoll_create1(0)) {
        for (auto& lane : lanes_) {
            watch(*lane, EPOLL_CTL_ADD);
        }
    }
    ~Loop() { ::close(poll_); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Or until so many requests are counted.
    void run_until(Instant end, const Tally& tally, std::uint64_t most) {
        for (auto& lane : lanes_) {
            turn(*lane);
        }
        std::vector<epoll_event> events(256);
        while (tally.failure.empty() && tally.requests < most && system_clock().now() < end) {
            const auto wait = next_due(end) - system_clock().now();
            const auto nanoseconds = std::max<std::int64_t>(wait.count(), 0);
            const timespec timeout{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
            const int count = ::epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
            for (int i = 0; i < count; ++i) {
                turn(*static_cast<Lane*>(events[static_cast<std::size_t>(i)].data.ptr));
            }
            turn_due();
        }
    }

private:
    void watch(Lane& lane, int operation) const {
        epoll_event event{};
        event.events = EPOLLIN | (lane.blocked() ? EPOLLOUT : 0U);
        event.data.ptr = &lane;
        ::epoll_ctl(poll_, operation, lane.fd(), &event);
    }

    void turn(Lane& lane) const {
        const bool was_blocked = lane.blocked();
        lane.turn(system_clock().now());
        if (lane.blocked() != was_blocked) {
            watch(lane, EPOLL_CTL_MOD);
        }
    }

    void turn_due() const {
        for (auto& lane : lanes_) {
            const auto due = lane->due();
            if (due && *due <= system_clock().now()) {
                turn(*lane);
            }
        }
    }

    [[nodiscard]] Instant next_due(Instant end) const {
        Instant first = end;
        for (const auto& lane : lanes_) {
            if (const auto due = lane->due()) {
                first = std::min(first, *due);
            }
        }
        return first;
    }

    Lanes& lanes_;
    int poll_;
};

using Made = std::expected<void, std::string>;

Made add_producers(Lanes& lanes, Tally& tally, const LoadOptions& options, bool stamped) {
    const auto shared = std::make_shared<std::vector<ProduceFrame>>(produce_frames(options));
    for (int i = 0; i < options.connections; ++i) {
        auto socket = Socket::connect(options.host, options.port);
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
        auto lane = std::make_unique<ProduceLane>(
            *std::move(socket), tally, options, frames, static_cast<std::size_t>(i), stamped
        );
        if (options.idempotent) {
            lane->set_producer_id(*id);
        }
        lanes.push_back(std::move(lane));
    }
    return {};
}

/// One reader a connection, or at the tail one a partition.
Made add_readers(Lanes& lanes, Tally& tally, const LoadOptions& options, std::optional<std::size_t> stamp) {
    const int at_tail = options.readers == 0 ? options.partitions : options.readers;
    const int readers = stamp ? at_tail : options.connections;
    for (int i = 0; i < readers; ++i) {
        auto socket = Socket::connect(options.host, options.port);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        const std::int32_t partition = i % options.partitions;
        const auto offset = FetchLane::ask_offset(*socket, options.topic, partition, stamp.has_value());
        if (!offset) {
            return std::unexpected(offset.error());
        }
        lanes.push_back(
            std::make_unique<FetchLane>(*std::move(socket), tally, options, FetchLane::Place{partition, *offset, stamp})
        );
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

Made add_idle(Lanes& lanes, Tally& tally, const LoadOptions& options) {
    for (int i = 0; i < options.connections; ++i) {
        auto socket = Socket::connect(options.host, options.port);
        if (!socket) {
            return std::unexpected(socket.error());
        }
        lanes.push_back(std::make_unique<IdleLane>(*std::move(socket), tally, 1));
    }
    return {};
}

/// What the producers of a tail run count is not what is asked for.
Made add_lanes(Lanes& lanes, Tally& tally, Tally& aside, const LoadOptions& options) {
    switch (options.work) {
        case LoadOptions::Work::produce:
            return add_producers(lanes, tally, options, false);
        case LoadOptions::Work::fetch:
            return add_readers(lanes, tally, options, std::nullopt);
        case LoadOptions::Work::idle:
            return add_idle(lanes, tally, options);
        case LoadOptions::Work::tail:
            break;
    }
    if (options.compression != Compression::none) {
        return std::unexpected("tail puts the time into values, which must not be compressed");
    }
    const std::size_t stamp = produce_frames(options).front().stamp;
    const Made readers = add_readers(lanes, tally, options, stamp);
    return readers ? add_producers(lanes, aside, options, true) : readers;
}

}  // namespace

std::expected<void, std::string> run_load(const LoadOptions& options, const std::function<void(const Tally&)>& tell) {
    const auto seconds = [](double count) {
        return std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(count));
    };
    Tally tally, aside;
    Lanes lanes;
    if (auto added = add_lanes(lanes, tally, aside, options); !added) {
        return std::unexpected(added.error());
    }
    const std::uint64_t most = options.requests == 0 ? UINT64_MAX : options.requests;
    Instant from = system_clock().now() + seconds(options.warm_up);
    Loop loop(lanes);
    for (int i = 0; i < options.intervals; ++i) {
        const Instant until = from + seconds(options.seconds);
        tally = {.from = from, .until = until};
        aside = {.from = from, .until = until};
        loop.run_until(until, tally, most);
        if (!tally.failure.empty() || !aside.failure.empty()) {
            return std::unexpected(tally.failure.empty() ? aside.failure : tally.failure);
        }
        tally.until = std::min(until, system_clock().now());
        tell(tally);
        from = until;
    }
    return {};
}

}  // namespace barnabas::bench
