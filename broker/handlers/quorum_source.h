#pragma once

#include "io/task.h"
#include "model/error.h"
#include "raft/quorum_info.h"

namespace barnabas {

/// Where handlers learn about the metadata quorum. Any loop.
class QuorumSource {
public:
    virtual ~QuorumSource() = default;

    /// As the leader of the quorum knows it. Errors: not_leader_or_follower when this node does not lead it.
    virtual Task<Expected<QuorumInfo>> quorum() = 0;
};

}  // namespace barnabas
