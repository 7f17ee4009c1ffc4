#pragma once

#include <variant>

#include "raft/effects.h"
#include "raft/leader_state.h"
#include "raft/vote_tally.h"

/// What a replica is at the moment, each with what only that role knows. Kafka's names.
namespace barnabas::raft {

/// Knows an epoch, and waits for its leader to show up. An observer waits for ever, a voter until `deadline`.
struct Unattached {
    Instant deadline;
};

/// Asks whether it would be elected, before it disturbs anybody with a new epoch (KIP-996).
struct Prospective {
    VoteTally tally;
    Instant deadline;
};

/// Asks for votes.
struct Candidate {
    VoteTally tally;
    Instant deadline;  ///< then it begins again; earlier when it has lost
};

struct Follower {
    Instant deadline;      ///< then the leader counts as gone
    bool fetched = false;  ///< the leader has answered
    struct Download {
        SnapshotId snapshot;
        std::int64_t position = 0;
        bool whole = false;  ///< waits for `installed()`
    };
    std::optional<Download> download;
};

struct Leader {
    LeaderState replicas;
    struct PendingBatch {
        Bytes bytes;
        Offset next;
    };
    std::vector<PendingBatch> pending;  ///< appended, but not written yet
    Instant write_at;                   ///< when they are (`controller.quorum.append.linger.ms`)
    struct ParkedFetch {
        RequestId id;
        Fetch fetch;
        Instant deadline;
    };
    std::vector<ParkedFetch> parked;  ///< wait for records or a new high watermark
    bool several_came = false;        ///< more than one batch was written the last time
};

/// Led this epoch and may not lead it again; tells the others, and waits for one of them to take over.
struct Resigned {
    std::vector<ReplicaKey> untold;
    std::vector<ReplicaKey> successors;
    Instant deadline;
};

using Role = std::variant<Unattached, Prospective, Candidate, Follower, Leader, Resigned>;

}  // namespace barnabas::raft
