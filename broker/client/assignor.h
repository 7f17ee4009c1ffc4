#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "model/error.h"
#include "model/topic_partition.h"

namespace barnabas {

/// A member of a group as its leader sees it.
struct GroupMember {
    std::string id;
    std::optional<std::string> instance_id;  ///< of a static member (KIP-345)
    std::vector<std::string> topics;
};

/// Partitions by the member's id; members that get none are there too.
using GroupAssignment = std::map<std::string, std::vector<TopicPartition>>;

/// How many partitions each topic has; a topic that does not exist is absent.
using PartitionCounts = std::map<std::string, std::int32_t>;

/// Kafka's RangeAssignor without racks: of each topic, every member gets a run of neighbours.
[[nodiscard]] GroupAssignment assign_ranges(std::span<const GroupMember> members, const PartitionCounts& counts);

/// Kafka's RoundRobinAssignor: all partitions are dealt out in turn.
[[nodiscard]] GroupAssignment assign_round_robin(std::span<const GroupMember> members, const PartitionCounts& counts);

/// What a member tells the leader, and the leader a member, in the "consumer" protocol.
[[nodiscard]] Bytes encode_subscription(const std::vector<std::string>& topics, std::span<const TopicPartition> owned);
[[nodiscard]] Expected<std::vector<std::string>> decode_subscription(BytesView bytes);
[[nodiscard]] Bytes encode_assignment(std::span<const TopicPartition> partitions);
/// Empty bytes are no partitions.
[[nodiscard]] Expected<std::vector<TopicPartition>> decode_assignment(BytesView bytes);

}  // namespace barnabas
