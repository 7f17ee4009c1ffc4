#pragma once

#include <chrono>
#include <limits>
#include <memory>
#include <variant>

#include "common/bytes.h"
#include "model/error.h"
#include "raft/log_point.h"
#include "raft/replica_key.h"
#include "raft/voter_set.h"

/// What the replicas of the metadata log say to each other, without the wire's nesting of topics and partitions (there
/// is one of each). `wire.h` turns Kafka's messages into these and back.
namespace barnabas::raft {

/// "May I lead `epoch`?", or, as a pre-vote (KIP-996), "Would you vote for me?", which binds nobody.
struct Vote {
    ReplicaKey candidate;
    ReplicaKey voter;  ///< who is asked
    LeaderEpoch epoch;
    LogPoint last;  ///< the candidate's log
    bool pre_vote = false;
};

/// "I lead `epoch`."
struct BeginEpoch {
    NodeId leader;
    LeaderEpoch epoch;
    ReplicaKey voter;  ///< who is told
};

/// "I lead `epoch` no longer."
struct EndEpoch {
    NodeId leader;
    LeaderEpoch epoch;
    std::vector<ReplicaKey> successors;  ///< the most complete log first
};

inline constexpr Offset unknown_high_watermark{std::numeric_limits<std::int64_t>::max()};

/// "I have everything below `end`; send what follows."
struct Fetch {
    ReplicaKey replica;
    LeaderEpoch epoch;  ///< that the replica is in
    LogPoint end;       ///< of its log
    /// That it knows of (KIP-1166): the leader answers as soon as it has more. Unknown: it does not say.
    Offset high_watermark = unknown_high_watermark;
    std::chrono::milliseconds most_wait{0};
    std::int32_t most_bytes = 0;
};

struct FetchSnapshot {
    ReplicaKey replica;
    LeaderEpoch epoch;
    SnapshotId snapshot;
    std::int64_t position = 0;
    std::int32_t most_bytes = 0;
};

using Request = std::variant<Vote, BeginEpoch, EndEpoch, Fetch, FetchSnapshot>;

/// What every reply says: how it went, and which epoch and leader the sender knows.
struct ReplyHead {
    ErrorCode error = ErrorCode::none;
    LeaderEpoch epoch{0};
    NodeId leader = no_node;
};

struct VoteReply {
    ReplyHead head;
    bool granted = false;
};

struct BeginEpochReply {
    ReplyHead head;
};

struct EndEpochReply {
    ReplyHead head;
};

struct FetchReply {
    ReplyHead head;
    Offset high_watermark = no_offset;
    Offset log_start{0};
    std::optional<LogPoint> diverging;   ///< cut your log to what we have in common below this point
    std::optional<SnapshotId> snapshot;  ///< load this snapshot: the log below it is gone
    /// Batches. The core leaves them out and says where to read them: the driver fills them in.
    std::shared_ptr<const Bytes> records;
    Offset read_from = no_offset;
    std::int32_t most_bytes = 0;
};

struct FetchSnapshotReply {
    ReplyHead head;
    SnapshotId snapshot;
    std::int64_t size = 0;
    std::int64_t position = 0;
    /// As in FetchReply: the core leaves the bytes out.
    std::shared_ptr<const Bytes> bytes;
    std::int32_t most_bytes = 0;
};

using Reply = std::variant<VoteReply, BeginEpochReply, EndEpochReply, FetchReply, FetchSnapshotReply>;

/// Tells the replies to one node apart.
using Correlation = StrongId<std::uint64_t, struct CorrelationTag>;

/// Names a request of a peer until it is answered; given by the driver.
using RequestId = StrongId<std::uint64_t, struct RequestIdTag>;

}  // namespace barnabas::raft
