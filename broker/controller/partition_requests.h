#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/alter_partition.h"
#include "protocol/assign_replicas_to_dirs.h"
#include "protocol/elect_leaders.h"

namespace barnabas {

// The requests that change partitions. Each partition has its own error in the reply.

/// A leader's proposal of in-sync replicas (KIP-497). `version` decides how they stand in the request.
[[nodiscard]] Decision<AlterPartitionResponse> alter_partition(
    const Situation& situation, const AlterPartitionRequest& request, std::int16_t version
);

/// Preferred or unclean elections that an operator asks for (KIP-460).
[[nodiscard]] Decision<ElectLeadersResponse> elect_leaders(
    const Situation& situation, const ElectLeadersRequest& request
);

/// A broker says into which directories it put its replicas (KIP-858).
[[nodiscard]] Decision<AssignReplicasToDirsResponse> assign_replicas(
    const Situation& situation, const AssignReplicasToDirsRequest& request
);

}  // namespace barnabas
