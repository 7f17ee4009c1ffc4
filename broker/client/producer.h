#pragma once

#include <functional>
#include <memory>

#include "client/cluster_client.h"
#include "client/partitioner.h"
#include "model/record.h"

namespace barnabas {

/// Where a record came to stand.
struct Delivery {
    TopicPartition partition;
    Offset offset;  ///< no_offset with acks=0
};

/// Collects records into batches, one for each partition, and sends them to the leaders. To each broker one request is
/// under way at a time, so that records of a partition keep their order whatever is tried again.
///
/// Belongs to the loop of `cluster`, which must outlive it. Records that are not delivered when it is destroyed are
/// given up without a word: `flush()` first.
class Producer {
public:
    struct Options {
        std::int16_t acks = -1;
        bool idempotent = false;  ///< needs acks = -1
        Compression compression = Compression::none;
        std::optional<int> level;
        std::size_t batch_size = 16384;                     ///< bytes of a batch, before compression
        std::size_t most_buffered = std::size_t{32} << 20;  ///< bytes that wait; above it `send` waits
        std::size_t most_request_bytes = std::size_t{1} << 20;
        std::chrono::milliseconds linger{5};
        std::chrono::milliseconds request_timeout{30'000};  ///< that the leader may take for acks=-1
        std::chrono::milliseconds delivery_timeout{120'000};
        std::chrono::milliseconds retry_backoff{100};
        std::chrono::milliseconds max_block{60'000};  ///< that `send` waits for metadata or room
        std::chrono::milliseconds metadata_max_age{300'000};
        int retries = INT32_MAX;
    };
    /// Told once for each record, on the loop.
    using Delivered = std::move_only_function<void(Expected<Delivery>)>;

    Producer(const Executor& executor, ClusterClient& cluster, Options options, Random random);
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    /// Chooses the partition as the Java client does, unless `partition` is given, and puts the record into its batch.
    /// Errors, and then `delivered` is not called: unknown_topic_or_partition, record_list_too_large,
    /// request_timed_out when there is no room or no metadata for `max_block`.
    Task<Expected<void>> send(
        std::string topic, std::optional<PartitionId> partition, Timestamp timestamp, Record record, Delivered delivered
    );

    /// Sends everything now; returns when all are delivered or have failed.
    Task<> flush();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace barnabas
