#include "client.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "client_consumer.h"
#include "client_producer.h"

namespace barnabas::bench {

namespace {

using Producers = std::vector<std::unique_ptr<ClientProducer>>;
using Consumers = std::vector<std::unique_ptr<ClientConsumer>>;

/// So long a thread with nothing to do sleeps: below what a record takes.
constexpr auto pause = std::chrono::microseconds(50);

template <class Made>
std::expected<void, std::string> add(std::vector<std::unique_ptr<Made>>& to, auto made) {
    if (!made) {
        return std::unexpected(made.error());
    }
    to.push_back(*std::move(made));
    return {};
}

std::expected<void, std::string> open_all(
    const LoadOptions& options, Producers& producers, Consumers& consumers, Tally& produced
) {
    const bool tail = options.work == LoadOptions::Work::tail;
    std::expected<void, std::string> done;
    if (options.work != LoadOptions::Work::produce) {
        const int readers = !tail ? options.connections : options.readers == 0 ? options.partitions : options.readers;
        for (int i = 0; i < readers && done; ++i) {
            done = add<ClientConsumer>(consumers, ClientConsumer::open(options, i % options.partitions, tail));
        }
    }
    if (options.work != LoadOptions::Work::fetch) {
        for (int i = 0; i < options.connections && done; ++i) {
            done = add<ClientProducer>(producers, ClientProducer::open(options, produced, i, tail));
        }
    }
    return done;
}

/// Consumers need a while to find their partitions; what they miss meanwhile is nobody's fault.
std::expected<void, std::string> wait_for(const Consumers& consumers) {
    const Instant deadline = system_clock().now() + std::chrono::seconds(30);
    while (!std::ranges::all_of(consumers, [](const auto& consumer) { return consumer->ready(); })) {
        if (system_clock().now() > deadline) {
            return std::unexpected("a consumer had no answer in 30 s");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return {};
}

void run_until(Instant end, Producers& producers, const Tally& tally) {
    while (tally.failure.empty() && system_clock().now() < end) {
        bool busy = false;
        for (auto& producer : producers) {
            busy = producer->turn() || busy;
        }
        if (!busy) {
            std::this_thread::sleep_for(pause);
        }
    }
}

}  // namespace

std::expected<void, std::string> run_client(const LoadOptions& options, const std::function<void(const Tally&)>& tell) {
    const auto seconds = [](double count) {
        return std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(count));
    };
    if (options.work == LoadOptions::Work::idle) {
        return std::unexpected("a client that does nothing is not known here");
    }
    Tally produced;
    Producers producers;
    Consumers consumers;
    if (auto opened = open_all(options, producers, consumers, produced); !opened) {
        return opened;
    }
    if (auto waited = wait_for(consumers); !waited) {
        return waited;
    }
    Instant from = system_clock().now() + seconds(options.warm_up);
    run_until(from, producers, produced);
    for (int i = 0; i < options.intervals && produced.failure.empty(); ++i) {
        const Instant until = from + seconds(options.seconds);
        produced = {.from = from, .until = until};
        for (auto& consumer : consumers) {
            consumer->begin(from, until);
        }
        run_until(until, producers, produced);
        Tally tally = {.from = from, .until = until};
        for (auto& consumer : consumers) {
            consumer->add_to(tally);
        }
        if (!produced.failure.empty() || !tally.failure.empty()) {
            return std::unexpected(produced.failure.empty() ? tally.failure : produced.failure);
        }
        tell(consumers.empty() ? produced : tally);
        from = until;
    }
    return produced.failure.empty() ? std::expected<void, std::string>() : std::unexpected(produced.failure);
}

}  // namespace barnabas::bench
