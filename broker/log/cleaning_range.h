#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "model/ids.h"

namespace barnabas {

/// What the cleaner must know of a segment to choose.
struct CleanerSegment {
    Offset base_offset;
    std::int64_t bytes = 0;
    std::int64_t offset_index_bytes = 0;
    std::int64_t time_index_bytes = 0;
    Timestamp largest_timestamp = no_timestamp;
    /// Of the first batch; only looked at where `max.compaction.lag.ms` is set.
    Timestamp first_timestamp = no_timestamp;
};

/// What the cleaner must know of a compacted log to choose: taken at one moment.
struct CleanerLog {
    Offset log_start;
    Offset log_end;
    Offset last_stable;
    std::vector<CleanerSegment> segments{};           ///< in order of offsets, at least one: the last is the active one
    std::optional<Offset> checkpoint{};               ///< up to where it was cleaned before
    double min_dirty_ratio = 0.5;                     ///< `min.cleanable.dirty.ratio`
    std::chrono::milliseconds min_compaction_lag{0};  ///< `min.compaction.lag.ms`
    std::optional<std::chrono::milliseconds> max_compaction_lag{};  ///< `max.compaction.lag.ms`, nothing when unbounded
};

/// Which part of a log may be cleaned, and how urgent it is. Below `first_dirty` each key stands once; from
/// `first_uncleanable`, the base offset of a segment, nothing may be touched: the segment is active, holds records
/// above the last stable offset, or is younger than `min.compaction.lag.ms`.
struct CleaningRange {
    Offset first_dirty{};
    Offset first_uncleanable{};
    std::int64_t clean_bytes = 0;
    std::int64_t cleanable_bytes = 0;
    double min_dirty_ratio = 0;
    bool overdue = false;             ///< a dirty record is older than `max.compaction.lag.ms`
    bool checkpoint_invalid = false;  ///< the checkpoint lay outside of the log; cleaning starts over

    [[nodiscard]] double dirty_ratio() const;
    /// Whether it should be cleaned now.
    [[nodiscard]] bool due() const;

    bool operator==(const CleaningRange&) const = default;
};

[[nodiscard]] CleaningRange cleaning_range(const CleanerLog& log, Timestamp now);

/// The index of the filthiest of the logs that are due, nothing when none is.
[[nodiscard]] std::optional<std::size_t> filthiest(const std::vector<CleaningRange>& ranges);

/// Runs of neighbouring segments that together fit into one, so that cleaning joins what it made small. Offsets in a
/// group must fit 31 bits from the base of its first segment. `end` is the offset that follows the last segment.
struct SegmentLimits {
    std::int64_t segment_bytes;
    std::int64_t index_bytes;
};
[[nodiscard]] std::vector<std::vector<CleanerSegment>> group_segments(
    const std::vector<CleanerSegment>& segments, Offset end, SegmentLimits limits
);

}  // namespace barnabas
