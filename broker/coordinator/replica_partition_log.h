#pragma once

#include "coordinator/partition_log.h"
#include "replica/replica_manager.h"

namespace barnabas {

/// The coordinators' logs are partitions like others: replicas of this broker.
class ReplicaPartitionLogs final : public PartitionLogs {
public:
    ReplicaPartitionLogs(ReplicaManager& replicas, const Clock& clock) : replicas_(replicas), clock_(clock) {}

    Expected<std::shared_ptr<PartitionLog>> find(const TopicPartition& partition) override;

private:
    ReplicaManager& replicas_;
    const Clock& clock_;
};

}  // namespace barnabas
