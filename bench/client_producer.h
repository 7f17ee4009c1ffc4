#pragma once

#include <random>

#include "client_handle.h"
#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// One librdkafka producer under load, used by one thread. `tally` outlives it.
class ClientProducer {
public:
    /// `number` of `options.connections`: they begin at different partitions.
    static std::expected<std::unique_ptr<ClientProducer>, std::string> open(
        const LoadOptions& options, Tally& tally, int number, bool stamped
    );
    ~ClientProducer();
    ClientProducer(const ClientProducer&) = delete;
    ClientProducer& operator=(const ClientProducer&) = delete;

    /// Hands over what may be, or is due, and takes acknowledgements. Whether there was anything to do.
    bool turn();

private:
    ClientProducer(const LoadOptions& options, Tally& tally, int number, bool stamped);

    static void delivered(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);
    [[nodiscard]] bool may_hand_over(Instant now) const;
    bool hand_over(Instant due);

    Tally& tally_;
    const bool keyed_;
    const bool stamped_;
    const int partitions_;
    const std::size_t most_waiting_;           ///< records
    const std::size_t records_of_batch_;       ///< to one partition before the next has its turn
    const std::chrono::nanoseconds interval_;  ///< of the timetable; 0 without
    std::string value_;
    std::string key_;
    std::mt19937 random_;
    Instant next_due_;
    std::size_t waiting_ = 0;
    std::size_t handed_ = 0;
    ClientTopic topic_;
    ClientHandle handle_;
};

}  // namespace barnabas::bench
