#include "controller/replica_assignment.h"

#include <algorithm>

namespace barnabas {
namespace {

/// Where a new replica goes: a broker with one directory leaves no choice, else it chooses itself and says so.
Uuid default_directory(const ClusterImage& cluster, NodeId node) {
    const BrokerRegistration* broker = cluster.broker(node);
    return broker && broker->directories.size() == 1 ? broker->directories.front() : unassigned_directory;
}

}  // namespace

Expected<void> check_assignment(
    const ClusterImage& cluster, const std::vector<NodeId>& replicas, std::optional<std::size_t> replication_factor
) {
    const auto refuse = [](std::string words) { return fail(ErrorCode::invalid_replica_assignment, std::move(words)); };
    if (replicas.empty()) {
        return refuse("The manual partition assignment includes an empty replica list.");
    }
    std::vector<NodeId> sorted = replicas;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (!cluster.broker(sorted[i])) {
            return refuse(fmt::format(
                "The manual partition assignment includes broker {}, but no such broker is registered.", sorted[i].value
            ));
        }
        if (i > 0 && sorted[i] == sorted[i - 1]) {
            return refuse(
                fmt::format("The manual partition assignment includes the broker {} more than once.", sorted[i].value)
            );
        }
    }
    if (replication_factor && *replication_factor != replicas.size()) {
        return refuse(fmt::format(
            "The manual partition assignment includes a partition with {} replica(s), but this is "
            "not consistent with previous partitions, which have {} replica(s).",
            replicas.size(), *replication_factor
        ));
    }
    return {};
}

Expected<PartitionRegistration> new_partition(
    const ClusterImage& cluster, PartitionId id, std::vector<NodeId> replicas
) {
    PartitionRegistration partition;
    std::ranges::copy_if(replicas, std::back_inserter(partition.isr), [&](NodeId node) {
        return cluster.is_active(node);
    });
    if (partition.isr.empty()) {
        return fail(
            ErrorCode::invalid_replica_assignment,
            fmt::format(
                "All brokers specified in the manual partition assignment for partition {} are fenced "
                "or in controlled shutdown.",
                id.value
            )
        );
    }
    partition.leader = partition.isr.front();
    partition.directories.resize(replicas.size());
    std::ranges::transform(replicas, partition.directories.begin(), [&](NodeId node) {
        return default_directory(cluster, node);
    });
    partition.replicas = std::move(replicas);
    return partition;
}

}  // namespace barnabas
