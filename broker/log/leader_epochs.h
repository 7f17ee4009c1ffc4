#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace barnabas {

inline constexpr std::string_view leader_epochs_file = "leader-epoch-checkpoint";

/// Where each leader epoch of a partition begins (KIP-101): epochs and offsets both rise. A value without I/O; the
/// file `leader-epoch-checkpoint` is its text. Guarded by the partition's mutex.
class LeaderEpochs {
public:
    struct Entry {
        LeaderEpoch epoch;
        Offset start;
        bool operator==(const Entry&) const = default;
    };

    /// The epoch that answered, and the offset where it ends; none of both when it is not known.
    struct EndOffset {
        LeaderEpoch epoch = no_leader_epoch;
        Offset end = no_offset;
        bool operator==(const EndOffset&) const = default;
    };

    /// An empty text has no epochs. Errors in words, with the line.
    static std::expected<LeaderEpochs, std::string> parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    /// Records of `epoch` begin at `start`. Entries that contradict it are dropped. False when nothing changed.
    bool assign(LeaderEpoch epoch, Offset start);

    [[nodiscard]] std::optional<Entry> latest() const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

    /// The epoch of the record at `offset`.
    [[nodiscard]] std::optional<LeaderEpoch> epoch_at(Offset offset) const;

    /// Where `requested`, or the largest epoch below it, ends (OffsetForLeaderEpoch). The latest ends at `log_end`.
    [[nodiscard]] EndOffset end_offset(LeaderEpoch requested, Offset log_end) const;

    /// The log now ends at `end`: drops the epochs that begin there or later. False when nothing changed.
    bool truncate_end(Offset end);

    /// The log now begins at `start`: of the epochs before, the one in force at `start` is kept and begins there.
    bool truncate_start(Offset start);

    void clear() { entries_.clear(); }

    bool operator==(const LeaderEpochs&) const = default;

private:
    std::vector<Entry> entries_;
};

}  // namespace barnabas
