#pragma once

#include "controller/draft.h"
#include "controller/partition_change.h"
#include "controller/situation.h"

namespace barnabas {

/// What the topic's settings say at this moment: its own, else those of all brokers and of this node.
[[nodiscard]] TopicConfig topic_config(const Draft& draft, const Situation& situation, std::string_view topic);

/// The rules for a partition; `is_alive` says which brokers may lead, before their directories are looked at.
[[nodiscard]] PartitionRules partition_rules(
    const Draft& draft, const PartitionRegistration& partition, const TopicConfig& config,
    const std::function<bool(NodeId)>& is_alive
);

/// Whether `broker` has the directory, or may have it: some are not told yet.
[[nodiscard]] bool has_online_directory(const BrokerRegistration& broker, const Uuid& directory);

/// One change to every partition that one event touches.
struct PartitionSweep {
    std::optional<NodeId> leaves;        ///< drops out of ISRs and may not lead
    std::optional<NodeId> returns;       ///< may lead, though the image still has it as fenced
    std::optional<NodeId> lost_records;  ///< drops out of ISRs and eligible leader replicas
    /// Which partitions are looked at.
    std::function<bool(const TopicId& topic, PartitionId id, const PartitionRegistration&)> concerns;
};

void sweep_partitions(Draft& draft, const Situation& situation, const PartitionSweep& sweep);

}  // namespace barnabas
