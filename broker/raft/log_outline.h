#pragma once

#include <optional>
#include <vector>

#include "log/leader_epochs.h"
#include "raft/log_point.h"

namespace barnabas {

/// What the consensus knows of its log without reading it: where it begins and ends, where each epoch begins, and
/// which snapshots there are. A value.
class LogOutline {
public:
    LogOutline() = default;
    LogOutline(Offset start, Offset end, LeaderEpochs epochs, std::vector<SnapshotId> snapshots);

    [[nodiscard]] Offset start() const { return start_; }
    [[nodiscard]] Offset end() const { return end_; }
    /// The end, with the epoch of the last record, or of the snapshot before an empty log.
    [[nodiscard]] LogPoint last() const;
    [[nodiscard]] std::optional<SnapshotId> earliest_snapshot() const;
    [[nodiscard]] std::optional<SnapshotId> latest_snapshot() const;
    [[nodiscard]] const std::vector<SnapshotId>& snapshots() const { return snapshots_; }

    /// A batch of `epoch` now stands at the end, up to `next`.
    void append(LeaderEpoch epoch, Offset next);
    void truncate(Offset end);
    /// The log was dropped for a snapshot that reaches further.
    void restart(const SnapshotId& snapshot);
    void add_snapshot(const SnapshotId& snapshot);
    /// Records and snapshots below `start` are gone.
    void drop_before(Offset start);

    /// Where `epoch`, or the largest before it, ends here.
    [[nodiscard]] LogPoint end_of(LeaderEpoch epoch) const;

    /// How a fetcher whose log ends at `theirs` stands to this log.
    enum class Relation : std::uint8_t {
        prefix,    ///< this log goes on where theirs ends
        diverges,  ///< they must cut theirs, at `end_of` their epoch at most
        too_old,   ///< what they lack is only in a snapshot
    };
    [[nodiscard]] Relation relation(const LogPoint& theirs) const;

    /// Where to cut this log, given the point at which the leader says that its log ends.
    [[nodiscard]] Offset common_end(const LogPoint& leaders) const;

private:
    Offset start_{0};
    Offset end_{0};
    LeaderEpochs epochs_;
    std::vector<SnapshotId> snapshots_;  ///< sorted
};

}  // namespace barnabas
