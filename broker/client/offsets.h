#pragma once

#include "client/cluster_client.h"
#include "protocol/list_offsets.h"

namespace barnabas {

/// Asks the leaders where these partitions have these timestamps (or one of Kafka's special ones, -1 latest, -2
/// earliest and so on). Every partition is in the answer, with an error of its own where it has one. Errors that may
/// pass are tried again until `cluster.deadline()`.
using OffsetQueries = std::map<TopicPartition, std::int64_t>;
using OffsetAnswers = std::map<TopicPartition, ListOffsetsResponse::ListOffsetsPartitionResponse>;
Task<Expected<OffsetAnswers>> list_offsets(ClusterClient& cluster, OffsetQueries queries, bool read_committed = false);

struct FetchedOffset {
    Offset offset;
    LeaderEpoch epoch = no_leader_epoch;
    std::string metadata;
};
/// What a group has committed for these partitions, or for all (nothing). Partitions without an offset are left out.
Task<Expected<std::map<TopicPartition, FetchedOffset>>> fetch_committed(
    ClusterClient& cluster, std::string group, std::optional<std::vector<TopicPartition>> partitions
);

/// As which member offsets are committed; outside of a generation for simple consumers and tools.
struct CommitIdentity {
    std::string group;
    std::string member_id;
    std::int32_t generation = -1;
    std::optional<std::string> instance_id = std::nullopt;
};
/// The error of each partition; none where it was committed.
Task<Expected<std::map<TopicPartition, ErrorCode>>> commit_offsets(
    ClusterClient& cluster, CommitIdentity identity, std::map<TopicPartition, FetchedOffset> offsets
);

}  // namespace barnabas
