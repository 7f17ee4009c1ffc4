#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/bytes.h"
#include "common/clock.h"
#include "model/error.h"
#include "raft/log_point.h"
#include "raft/quorum_info.h"

namespace barnabas {

class SnapshotReader;
class SnapshotWriter;

/// A batch of the metadata log that can no longer be lost. Views are valid during the call only.
struct CommittedBatch {
    Offset base_offset;
    Offset last_offset;  ///< above the last value's offset where control records stand
    LeaderEpoch epoch;
    Timestamp append_timestamp = no_timestamp;
    std::span<const BytesView> values;  ///< at base_offset and on; none in a batch of control records
    std::size_t bytes = 0;              ///< that the batch takes in the log
};

/// A state machine above the metadata log. Called on the raft thread only, one call at a time, in the log's order.
class RaftListener {
public:
    virtual ~RaftListener() = default;

    /// The next batch. Control batches come too, without values, so that the listener knows how far the log is.
    virtual void on_commit(const CommittedBatch& batch) = 0;

    /// Forget everything: the state is what the snapshot holds, and the next batch begins at its offset. The reader is
    /// valid during the call only. An error says that the snapshot cannot be used: the driver fails with it.
    virtual Expected<void> on_load_snapshot(SnapshotReader& snapshot) = 0;

    /// Who leads now. That this node leads is told only after every record of earlier epochs was given to
    /// `on_commit`: from then on `append` takes records. `leader` is no_node while there is none.
    virtual void on_leader_change(NodeId leader, LeaderEpoch epoch) = 0;

    /// Enough was committed since the last snapshot (`metadata.log.max.record.bytes.between.snapshots`,
    /// `metadata.log.max.snapshot.interval.ms`): write one with `RaftClient::create_snapshot` when convenient. Asked
    /// again only after that much more.
    virtual void on_snapshot_due() = 0;
};

/// The metadata log as the state machines above it see it. Everything is called on the raft thread.
class RaftClient {
public:
    virtual ~RaftClient() = default;

    /// Gives a listener everything that is committed, from the latest snapshot on, during the next steps. It must
    /// outlive the client, or unsubscribe.
    virtual void subscribe(RaftListener& listener) = 0;
    virtual void unsubscribe(RaftListener& listener) = 0;

    /// Appends record values as one batch: all or none are committed. Answers the offset of the first. That it is
    /// written, let alone committed, is told by `on_commit`; after a loss of leadership it may never be.
    /// Errors: not_controller when this node does not lead, or in another epoch; record_list_too_large above
    /// `internal.metadata.max.batch.size.in.bytes`; invalid_request for no values.
    virtual Expected<Offset> append(LeaderEpoch epoch, std::span<const Bytes> values) = 0;

    /// The offset that the next `append` will answer, for records that hold their own offset.
    [[nodiscard]] virtual Offset next_offset() const = 0;

    /// Gives leadership of `epoch` up, so that another voter may take it. Nothing when it is over already.
    virtual void resign(LeaderEpoch epoch) = 0;

    [[nodiscard]] virtual NodeId leader() const = 0;  ///< no_node while none is known
    [[nodiscard]] virtual LeaderEpoch epoch() const = 0;
    [[nodiscard]] virtual Offset high_watermark() const = 0;
    [[nodiscard]] virtual QuorumInfo quorum() const = 0;

    /// Begins the snapshot of all below `end`, which must be committed and the end of a batch that was given to
    /// `on_commit`. Nothing when there is such a snapshot already. The writer may be filled on another thread; its
    /// `freeze()` makes it whole, and `snapshot_frozen` puts it to use.
    virtual Expected<std::unique_ptr<SnapshotWriter>> create_snapshot(Offset end, Timestamp last_append) = 0;
    /// The writer that `create_snapshot` gave is frozen: older snapshots and log segments may go.
    virtual Expected<void> snapshot_frozen(const SnapshotId& snapshot) = 0;

    [[nodiscard]] virtual std::optional<SnapshotId> latest_snapshot() const = 0;
};

}  // namespace barnabas
