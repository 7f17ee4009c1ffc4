#include "metadata/partition_registration.h"

namespace barnabas {
namespace {

/// In a PartitionChangeRecord.
constexpr std::int32_t no_leader_change = -2;

std::optional<std::vector<std::int32_t>> numbers_unless_empty(const std::vector<NodeId>& nodes) {
    return nodes.empty() ? std::nullopt : std::optional(to_numbers(nodes));
}

/// Older records know no directories; each replica has one all the same.
std::vector<Uuid> one_for_each(std::vector<Uuid> directories, std::size_t replicas, Uuid otherwise) {
    if (directories.size() != replicas) {
        directories.assign(replicas, otherwise);
    }
    return directories;
}

}  // namespace

std::vector<NodeId> to_nodes(const std::vector<std::int32_t>& ids) {
    std::vector<NodeId> nodes(ids.size());
    std::ranges::transform(ids, nodes.begin(), [](std::int32_t id) { return NodeId{id}; });
    return nodes;
}

std::vector<std::int32_t> to_numbers(const std::vector<NodeId>& nodes) {
    std::vector<std::int32_t> ids(nodes.size());
    std::ranges::transform(nodes, ids.begin(), &NodeId::value);
    return ids;
}

Uuid PartitionRegistration::directory(NodeId node) const {
    const auto found = std::ranges::find(replicas, node);
    return found == replicas.end() ? unassigned_directory
                                   : directories[static_cast<std::size_t>(found - replicas.begin())];
}

void PartitionRegistration::apply(const PartitionChangeRecord& change) {
    if (change.replicas) {
        // A replica that stays keeps its directory; the record says the rest.
        const auto before = *this;
        replicas = to_nodes(*change.replicas);
        directories.resize(replicas.size());
        std::ranges::transform(replicas, directories.begin(), [&](NodeId node) { return before.directory(node); });
    }
    if (change.directories) {
        directories = one_for_each(*change.directories, replicas.size(), unassigned_directory);
    }
    const auto set = [](std::vector<NodeId>& field, const std::optional<std::vector<std::int32_t>>& value) {
        if (value) {
            field = to_nodes(*value);
        }
    };
    set(isr, change.isr);
    set(removing_replicas, change.removing_replicas);
    set(adding_replicas, change.adding_replicas);
    set(eligible_leader_replicas, change.eligible_leader_replicas);
    set(last_known_elr, change.last_known_elr);
    if (change.leader_recovery_state >= 0) {
        leader_recovery = static_cast<LeaderRecovery>(change.leader_recovery_state);
    }
    if (change.leader != no_leader_change) {
        leader = {change.leader};
        ++leader_epoch.value;
    }
    ++partition_epoch.value;
}

PartitionRegistration PartitionRegistration::from(const PartitionRecord& record) {
    PartitionRegistration partition;
    partition.replicas = to_nodes(record.replicas);
    partition.directories = one_for_each(record.directories, record.replicas.size(), migrating_directory);
    partition.isr = to_nodes(record.isr);
    partition.removing_replicas = to_nodes(record.removing_replicas);
    partition.adding_replicas = to_nodes(record.adding_replicas);
    partition.eligible_leader_replicas =
        to_nodes(record.eligible_leader_replicas.value_or(std::vector<std::int32_t>()));
    partition.last_known_elr = to_nodes(record.last_known_elr.value_or(std::vector<std::int32_t>()));
    partition.leader = {record.leader};
    partition.leader_recovery = static_cast<LeaderRecovery>(record.leader_recovery_state);
    partition.leader_epoch = {record.leader_epoch};
    partition.partition_epoch = {record.partition_epoch};
    return partition;
}

MetadataRecord PartitionRegistration::record(const TopicId& topic, PartitionId partition, std::int16_t version) const {
    PartitionRecord record;
    record.partition_id = partition.value;
    record.topic_id = topic;
    record.replicas = to_numbers(replicas);
    record.isr = to_numbers(isr);
    record.removing_replicas = to_numbers(removing_replicas);
    record.adding_replicas = to_numbers(adding_replicas);
    record.leader = leader.value;
    record.leader_recovery_state = static_cast<std::int8_t>(leader_recovery);
    record.leader_epoch = leader_epoch.value;
    record.partition_epoch = partition_epoch.value;
    if (version >= 1) {
        record.directories = directories;
    }
    if (version >= 2) {
        record.eligible_leader_replicas = numbers_unless_empty(eligible_leader_replicas);
        record.last_known_elr = numbers_unless_empty(last_known_elr);
    }
    return {std::move(record), version};
}

}  // namespace barnabas
