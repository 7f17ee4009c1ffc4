#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "client_handle.h"
#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// One librdkafka consumer of one partition, on a thread of its own from `begin` until it is destroyed: from the
/// partition's beginning, again and again, or at its tail, where it counts how old stamped records are.
class ClientConsumer {
public:
    static std::expected<std::unique_ptr<ClientConsumer>, std::string> open(
        const LoadOptions& options, std::int32_t partition, bool at_tail
    );
    ~ClientConsumer();
    ClientConsumer(const ClientConsumer&) = delete;
    ClientConsumer& operator=(const ClientConsumer&) = delete;

    /// Whether the broker has answered it with a record, or with there being none.
    [[nodiscard]] bool ready() const { return ready_; }
    /// Counts from now on between the two moments. Waits until the consumer's thread has seen it.
    void begin(Instant from, Instant until);
    /// Adds what was counted since. Waits likewise.
    void add_to(Tally& tally);

private:
    ClientConsumer(const LoadOptions& options, std::int32_t partition, bool at_tail)
        : partition_(partition), at_tail_(at_tail), topic_name_(options.topic) {}

    void run(const std::stop_token& stop);
    void take(const rd_kafka_message_t& message, Instant now);

    const std::int32_t partition_;
    const bool at_tail_;
    const std::string topic_name_;
    std::atomic<bool> ready_ = false;
    std::mutex mutex_;  ///< of the tally
    Tally tally_;
    ClientHandle handle_;
    ClientTopic topic_;
    ClientQueue queue_;
    std::jthread thread_;
};

}  // namespace barnabas::bench
