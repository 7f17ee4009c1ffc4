#pragma once

#include <algorithm>
#include <vector>

#include "metadata/metadata_record.h"
#include "model/ids.h"

namespace barnabas {

/// After an unclean election the new leader first has to make its own state whole; until then the in-sync replicas are
/// the leader alone (KIP-704).
enum class LeaderRecovery : std::int8_t { recovered = 0, recovering = 1 };

/// Directory ids that name no directory (KIP-858).
inline constexpr Uuid unassigned_directory{0, 0};
inline constexpr Uuid lost_directory{0, 1};
inline constexpr Uuid migrating_directory{0, 2};

[[nodiscard]] inline bool contains(const std::vector<NodeId>& nodes, NodeId node) {
    return std::ranges::find(nodes, node) != nodes.end();
}
[[nodiscard]] std::vector<NodeId> to_nodes(const std::vector<std::int32_t>& ids);
[[nodiscard]] std::vector<std::int32_t> to_numbers(const std::vector<NodeId>& nodes);

/// What the cluster has agreed on about one partition. A value.
struct PartitionRegistration {
    std::vector<NodeId> replicas;
    std::vector<Uuid> directories;  ///< where each of `replicas` lives, in their order
    std::vector<NodeId> isr;        ///< in-sync replicas
    std::vector<NodeId> removing_replicas;
    std::vector<NodeId> adding_replicas;
    std::vector<NodeId> eligible_leader_replicas;  ///< KIP-966
    std::vector<NodeId> last_known_elr;
    NodeId leader = no_node;
    LeaderRecovery leader_recovery = LeaderRecovery::recovered;
    LeaderEpoch leader_epoch{0};
    PartitionEpoch partition_epoch{0};

    [[nodiscard]] bool has_leader() const { return leader != no_node; }
    [[nodiscard]] bool is_reassigning() const { return !removing_replicas.empty() || !adding_replicas.empty(); }
    [[nodiscard]] bool has_replica(NodeId node) const { return contains(replicas, node); }
    [[nodiscard]] bool is_in_sync(NodeId node) const { return contains(isr, node); }
    /// The directory of `node`'s replica; unassigned when it has none.
    [[nodiscard]] Uuid directory(NodeId node) const;
    /// The replica that leads when all is well.
    [[nodiscard]] NodeId preferred_leader() const { return replicas.empty() ? no_node : replicas.front(); }

    /// Every change raises the partition epoch; one that names a leader raises the leader epoch too.
    void apply(const PartitionChangeRecord& change);

    [[nodiscard]] static PartitionRegistration from(const PartitionRecord& record);
    /// `version` decides which fields the record keeps.
    [[nodiscard]] MetadataRecord record(const TopicId& topic, PartitionId partition, std::int16_t version) const;

    bool operator==(const PartitionRegistration&) const = default;
};

}  // namespace barnabas
