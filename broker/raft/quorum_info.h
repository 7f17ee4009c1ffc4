#pragma once

#include <vector>

#include "common/clock.h"
#include "raft/voter_set.h"

namespace barnabas {

/// What DescribeQuorum tells of one replica. Times are no_timestamp where the leader does not know, and of the leader
/// itself always now.
struct QuorumReplica {
    ReplicaKey key;
    Offset log_end = no_offset;
    Timestamp last_fetch = no_timestamp;
    Timestamp last_caught_up = no_timestamp;
    bool operator==(const QuorumReplica&) const = default;
};

/// The quorum as this node knows it; the lists are filled only where it leads.
struct QuorumInfo {
    NodeId leader = no_node;
    LeaderEpoch epoch{0};
    Offset high_watermark = no_offset;
    std::vector<QuorumReplica> voters;
    std::vector<QuorumReplica> observers;
    VoterSet voter_set;  ///< with endpoints
    std::int16_t kraft_version = 0;
};

}  // namespace barnabas
