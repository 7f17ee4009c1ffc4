#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "metadata/feature_levels.h"
#include "metadata/partition_registration.h"

namespace barnabas {

enum class Election : std::uint8_t {
    online,     ///< the leader stays while it may; else the first replica that is in sync or eligible
    preferred,  ///< the first replica, where it may lead
    unclean,    ///< as online; and when nobody may lead, a replica that lost records
};

/// What holds for the partition besides its own registration.
struct PartitionRules {
    MetadataVersion metadata_version = 0;
    bool eligible_leader_replicas = false;  ///< the feature (KIP-966) is on
    std::size_t min_insync_replicas = 1;
    std::function<bool(NodeId)> may_lead;  ///< alive, with its replica's directory
};

/// What shall be different. What is absent stays, unless it follows from the rest.
struct PartitionWish {
    Election election = Election::online;
    std::optional<std::vector<NodeId>> isr = std::nullopt;
    std::optional<LeaderRecovery> leader_recovery = std::nullopt;
    std::optional<std::pair<NodeId, Uuid>> directory = std::nullopt;  ///< where this broker's replica lives
    /// A broker that came back and may have lost the end of its log: it is no eligible leader any more.
    std::optional<NodeId> lost_records = std::nullopt;
};

/// The record that makes the wish come true: with the leader that then has to be elected, the eligible leader replicas
/// that follow from the ISR, and the end of a reassignment whose new replicas are all in sync. Nothing when the
/// partition is as it should be.
[[nodiscard]] std::optional<MetadataRecord> plan_partition_change(
    const TopicId& topic, PartitionId id, const PartitionRegistration& partition, const PartitionWish& wish,
    const PartitionRules& rules
);

}  // namespace barnabas
