#pragma once

#include "client/consumer.h"

namespace barnabas {

/// What a Consumer and the coroutines that it started share.
struct Consumer::State : std::enable_shared_from_this<Consumer::State> {
    struct Position {
        std::optional<Offset> next;           ///< nothing until it is known
        std::optional<std::int64_t> special;  ///< -1 or -2: to be looked up
        LeaderEpoch epoch = no_leader_epoch;
        bool fetching = false;  ///< under way, or waiting to be given out
    };
    /// One partition's part of a fetch, not yet given out.
    struct Part {
        TopicPartition partition;
        std::shared_ptr<const Reply<FetchResponse>> reply;
        const FetchResponse::PartitionData* data;
        Offset from;
    };

    State(const Executor& on, ClusterClient& to, Options given)
        : executor(on), cluster(to), options(std::move(given)), changed(on) {
        if (options.group) {
            membership.emplace(cluster, *options.group);
        }
    }

    [[nodiscard]] bool subscribed() const { return matching || !topics.empty(); }
    Task<Expected<void>> keep_membership(Instant now);
    static Task<> rejoin(std::shared_ptr<State> self);
    Task<Expected<void>> find_topics();
    void take_assignment(const std::vector<TopicPartition>& partitions);
    [[nodiscard]] PartitionCounts subscribed_counts() const;

    Task<Expected<void>> find_positions();
    Task<Expected<void>> reset_positions();
    Task<Expected<void>> keep_metadata(Instant now);
    void start_fetches();
    static Task<> fetch(std::shared_ptr<State> self, NodeId leader, std::vector<TopicPartition> partitions);
    [[nodiscard]] FetchRequest make_fetch(const std::vector<TopicPartition>& partitions) const;
    void take(std::shared_ptr<const Reply<FetchResponse>> reply, const std::map<TopicPartition, Offset>& asked);
    void take_error(const TopicPartition& partition, const FetchResponse::PartitionData& data);
    Expected<std::optional<FetchedRecords>> give_out();

    Task<Expected<void>> commit();
    [[nodiscard]] Instant next_duty() const;

    Executor executor;
    ClusterClient& cluster;
    Options options;
    Signal changed;
    std::optional<GroupMembership> membership;
    std::vector<std::string> topics;
    std::function<bool(std::string_view)> matching;
    PartitionCounts joined_counts;  ///< of the subscribed topics, when the member joined
    std::map<TopicPartition, Position> positions;
    std::map<TopicPartition, Offset> committed;
    std::deque<Part> parts;
    std::set<NodeId> fetching;
    std::optional<Error> failure;
    bool joining = false;
    bool joined = false;
    bool stale_metadata = true;
    bool closed = false;
    Instant next_heartbeat = Instant::min();
    Instant next_commit = Instant::max();
    Instant next_refresh = Instant::min();
    Instant fetch_not_before = Instant::min();  ///< after a failure
};

}  // namespace barnabas
