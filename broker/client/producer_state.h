#pragma once

#include <deque>
#include <set>

#include "client/producer.h"
#include "client/signal.h"
#include "model/record_batch_builder.h"
#include "protocol/produce.h"

namespace barnabas {

/// What a Producer and the coroutines that it started share.
struct Producer::State : std::enable_shared_from_this<Producer::State> {
    /// Records of one partition on their way.
    struct Batch {
        TopicPartition partition;
        RecordBatchBuilder builder;
        std::vector<Delivered> delivered = {};
        Instant created;
        Instant not_before = Instant::min();  ///< after a failure
        Bytes bytes = {};                     ///< set at the first sending; sent again as they are
        std::size_t counted = 0;              ///< towards `most_buffered`
        int attempts = 0;
    };
    using Batches = std::vector<std::unique_ptr<Batch>>;
    struct Queue {
        std::deque<std::unique_ptr<Batch>> batches;
        bool in_flight = false;
        std::int32_t next_sequence = 0;
    };

    State(const Executor& on, ClusterClient& to, Options given, Random random)
        : executor(on), cluster(to), options(given), sticky(random, given.batch_size), changed(on), timer(on) {}

    Task<Expected<PartitionId>> choose(std::string topic, const Record& record, std::size_t bytes, Instant deadline);
    Task<Expected<void>> know(std::string topic, Instant deadline);
    Task<Expected<void>> identify();
    void append(TopicPartition partition, Timestamp timestamp, const Record& record, std::size_t bytes, Delivered told);
    /// Sends what is ready to brokers that have nothing under way.
    void pump();
    /// When the first batch of `queue` may go; Instant::min() when it may now.
    [[nodiscard]] Instant ready_at(const Queue& queue) const;
    void expire(Instant now);
    static Task<> deliver(std::shared_ptr<State> self, NodeId leader, Batches batches);
    static Task<> find_leaders(std::shared_ptr<State> self, std::vector<std::string> topics);
    void settle(std::unique_ptr<Batch> batch, const Expected<Offset>& outcome);
    [[nodiscard]] bool may_retry(const Batch& batch, const Error& error) const;

    Executor executor;
    ClusterClient& cluster;
    Options options;
    StickyPartitioner sticky;
    Signal changed;  ///< room, or nothing outstanding
    Signal::Timer timer;
    std::map<std::string, Instant> known_since;  ///< when a topic's metadata came
    std::map<TopicPartition, Queue> queues;
    std::set<NodeId> busy;
    ProducerId producer_id = no_producer;
    ProducerEpoch producer_epoch = no_producer_epoch;
    std::size_t buffered = 0;
    std::size_t outstanding = 0;  ///< records
    int flushing = 0;
    bool finding_leaders = false;
    bool closed = false;
};

}  // namespace barnabas
