#pragma once

#include "controller/draft.h"
#include "controller/replica_placement.h"

namespace barnabas {

/// Checks an assignment by hand against the brokers that are registered, and against the number of replicas of the
/// partitions before, if there are any. Errors: invalid_replica_assignment.
[[nodiscard]] Expected<void> check_assignment(
    const ClusterImage& cluster, const std::vector<NodeId>& replicas, std::optional<std::size_t> replication_factor
);

/// A new partition on these brokers. In sync are those that are active, the first of which leads. Errors:
/// invalid_replica_assignment when none is.
[[nodiscard]] Expected<PartitionRegistration> new_partition(
    const ClusterImage& cluster, PartitionId id, std::vector<NodeId> replicas
);

}  // namespace barnabas
