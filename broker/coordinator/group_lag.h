#pragma once

#include "common/metrics.h"
#include "coordinator/group_coordinator.h"

namespace barnabas {

class ReplicaManager;

/// Tells /metrics what groups have committed, and how many records they have not read yet. The lag is known where this
/// broker has a replica of the partition: elsewhere the committed offset alone is told. Lives as long as the node.
class GroupLag {
public:
    GroupLag(Metrics& metrics, GroupCoordinator& groups, const ReplicaManager& replicas);

private:
    static void report(Samples& samples, GroupCoordinator& groups, const ReplicaManager& replicas);

    Metrics::Registration registration_;
};

}  // namespace barnabas
