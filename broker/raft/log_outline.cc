#include "raft/log_outline.h"

#include <algorithm>

namespace barnabas {

LogOutline::LogOutline(Offset start, Offset end, LeaderEpochs epochs, std::vector<SnapshotId> snapshots)
    : start_(start), end_(end), epochs_(std::move(epochs)), snapshots_(std::move(snapshots)) {
    std::ranges::sort(snapshots_);
}

LogPoint LogOutline::last() const {
    if (const auto latest = epochs_.latest()) {
        return {latest->epoch, end_};
    }
    const auto snapshot = latest_snapshot();
    return {snapshot && snapshot->offset == end_ ? snapshot->epoch : LeaderEpoch{0}, end_};
}

std::optional<SnapshotId> LogOutline::earliest_snapshot() const {
    return snapshots_.empty() ? std::nullopt : std::optional(snapshots_.front());
}

std::optional<SnapshotId> LogOutline::latest_snapshot() const {
    return snapshots_.empty() ? std::nullopt : std::optional(snapshots_.back());
}

void LogOutline::append(LeaderEpoch epoch, Offset next) {
    epochs_.assign(epoch, end_);
    end_ = next;
}

void LogOutline::truncate(Offset end) {
    epochs_.truncate_end(end);
    end_ = std::min(end_, end);
}

void LogOutline::restart(const SnapshotId& snapshot) {
    epochs_.clear();
    start_ = end_ = snapshot.offset;
    snapshots_ = {snapshot};
}

void LogOutline::add_snapshot(const SnapshotId& snapshot) {
    const auto at = std::ranges::lower_bound(snapshots_, snapshot);
    if (at == snapshots_.end() || *at != snapshot) {
        snapshots_.insert(at, snapshot);
    }
}

void LogOutline::drop_before(Offset start) {
    start_ = std::max(start_, start);
    epochs_.truncate_start(start_);
    std::erase_if(snapshots_, [&](const SnapshotId& snapshot) { return snapshot.offset < start_; });
}

LogPoint LogOutline::end_of(LeaderEpoch epoch) const {
    const auto& entries = epochs_.entries();
    const auto next = std::ranges::upper_bound(entries, epoch, {}, &LeaderEpochs::Entry::epoch);
    if (entries.empty()) {
        return last();
    }
    if (next == entries.begin()) {
        // Older than all that the log still holds.
        return earliest_snapshot().value_or(LogPoint{epoch, next->start});
    }
    return {std::prev(next)->epoch, next == entries.end() ? end_ : next->start};
}

LogOutline::Relation LogOutline::relation(const LogPoint& theirs) const {
    if (start_ == Offset{0} && theirs == LogPoint{}) {
        return Relation::prefix;
    }
    if (const auto earliest = earliest_snapshot()) {
        const bool other_history = theirs.offset == start_ && start_ > Offset{0} && theirs.epoch != earliest->epoch;
        if (theirs.offset < start_ || other_history || theirs.epoch < earliest->epoch) {
            return Relation::too_old;
        }
    }
    const LogPoint ours = end_of(theirs.epoch);
    return ours.epoch == theirs.epoch && theirs.offset <= ours.offset ? Relation::prefix : Relation::diverges;
}

Offset LogOutline::common_end(const LogPoint& leaders) const {
    const LogPoint ours = end_of(leaders.epoch);
    return ours.epoch == leaders.epoch ? std::min(ours.offset, leaders.offset) : ours.offset;
}

}  // namespace barnabas
