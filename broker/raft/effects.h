#pragma once

#include <variant>
#include <vector>

#include "raft/messages.h"
#include "raft/quorum_state.h"

namespace barnabas::raft {

/// Whole batches, offsets and epochs in place, that follow the log's end.
struct AppendToLog {
    Bytes batches;
};
/// Drop what lies at and above `end`.
struct TruncateLog {
    Offset end;
};
/// The next bytes of a snapshot on its way from the leader; position 0 begins it anew.
struct StoreSnapshotBytes {
    SnapshotId snapshot;
    std::int64_t position = 0;
    std::shared_ptr<const Bytes> bytes;
};
/// The snapshot has come whole: put it in place, begin the log anew at its end, and tell `installed()`.
struct InstallSnapshot {
    SnapshotId snapshot;
};
using LogChange = std::variant<AppendToLog, TruncateLog, StoreSnapshotBytes, InstallSnapshot>;

/// A request to a node; to no_node: to any of `controller.quorum.bootstrap.servers`.
struct SendRequest {
    NodeId to;
    Correlation correlation;
    Request request;
};
struct SendReply {
    RequestId to;
    Reply reply;
};

/// Who leads which epoch; no_node when it is not known, or the leader gave up.
struct Leadership {
    NodeId leader = no_node;
    LeaderEpoch epoch{0};
    Offset epoch_start = no_offset;  ///< where this node's own epoch begins, when it leads
    bool operator==(const Leadership&) const = default;
};

/// What the driver must do, in this order. Everything that one step changed in file and log is on the device before
/// the first message of that step leaves.
struct Effects {
    std::optional<QuorumState> persist;
    std::vector<LogChange> log;
    std::vector<SendRequest> requests;
    std::vector<SendReply> replies;
    std::optional<Offset> high_watermark;
    std::optional<Leadership> leadership;

    [[nodiscard]] bool empty() const {
        return !persist && log.empty() && requests.empty() && replies.empty() && !high_watermark && !leadership;
    }
};

}  // namespace barnabas::raft
