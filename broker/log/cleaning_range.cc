#include "log/cleaning_range.h"

#include <algorithm>
#include <limits>
#include <span>

#include "common/check.h"

namespace barnabas {

namespace {

using Segments = std::span<const CleanerSegment>;

/// All but the active one, from the one that holds `from` on.
Segments inactive_from(const CleanerLog& log, Offset from) {
    const Segments inactive = Segments(log.segments).first(log.segments.size() - 1);
    const auto after = std::ranges::upper_bound(inactive, from, {}, &CleanerSegment::base_offset);
    return {after == inactive.begin() ? after : after - 1, inactive.end()};
}

Segments dirty_segments(const CleanerLog& log, Offset first_dirty) {
    return first_dirty < log.segments.back().base_offset ? inactive_from(log, first_dirty) : Segments();
}

std::int64_t bytes_between(const CleanerLog& log, Offset from, Offset to) {
    std::int64_t bytes = 0;
    for (const CleanerSegment& segment : log.segments) {
        bytes += segment.base_offset >= from && segment.base_offset < to ? segment.bytes : 0;
    }
    return bytes;
}

/// The offset below which records may be cleaned, by the last stable offset and the lag.
Offset cleanable_end(const CleanerLog& log, Offset first_dirty, Timestamp now) {
    Offset end = std::min(log.last_stable, log.segments.back().base_offset);
    if (log.min_compaction_lag > std::chrono::milliseconds(0)) {
        const Segments dirty = dirty_segments(log, first_dirty);
        const auto young = std::ranges::find_if(dirty, [&](const CleanerSegment& segment) {
            return segment.largest_timestamp > now - log.min_compaction_lag;
        });
        if (young != dirty.end()) {
            end = std::min(end, young->base_offset);
        }
    }
    return std::max(end, first_dirty);
}

/// The base offset of the first segment that is not wholly below `end`.
Offset segment_bound(const CleanerLog& log, Offset end) {
    const Segments rest = dirty_segments(log, end);
    return rest.empty() ? log.segments.back().base_offset : rest.front().base_offset;
}

bool overdue(const CleanerLog& log, Offset first_dirty, Timestamp now) {
    return log.max_compaction_lag && std::ranges::any_of(dirty_segments(log, first_dirty), [&](const auto& segment) {
               return segment.first_timestamp > Timestamp{} && segment.first_timestamp < now - *log.max_compaction_lag;
           });
}

}  // namespace

double CleaningRange::dirty_ratio() const {
    const std::int64_t all = clean_bytes + cleanable_bytes;
    return all == 0 ? 0 : static_cast<double>(cleanable_bytes) / static_cast<double>(all);
}

bool CleaningRange::due() const {
    return (overdue && cleanable_bytes > 0) || dirty_ratio() > min_dirty_ratio;
}

CleaningRange cleaning_range(const CleanerLog& log, Timestamp now) {
    CHECK(!log.segments.empty());
    const Offset checkpoint = log.checkpoint.value_or(log.log_start);
    const bool invalid = checkpoint < log.log_start || checkpoint > log.log_end;
    const Offset first_dirty = invalid ? log.log_start : checkpoint;
    const Offset bound = segment_bound(log, cleanable_end(log, first_dirty, now));
    // A segment that holds the first dirty offset in its middle counts as dirty, as a whole.
    const Segments dirty = dirty_segments(log, first_dirty);
    const Offset dirty_base = dirty.empty() ? first_dirty : dirty.front().base_offset;
    return {
        .first_dirty = first_dirty,
        .first_uncleanable = bound,
        .clean_bytes = bytes_between(log, {0}, std::min(dirty_base, bound)),
        .cleanable_bytes = bytes_between(log, std::min(dirty_base, bound), bound),
        .min_dirty_ratio = log.min_dirty_ratio,
        .overdue = overdue(log, first_dirty, now),
        .checkpoint_invalid = invalid,
    };
}

std::optional<std::size_t> filthiest(const std::vector<CleaningRange>& ranges) {
    std::optional<std::size_t> worst;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (ranges[i].due() && (!worst || ranges[i].dirty_ratio() > ranges[*worst].dirty_ratio())) {
            worst = i;
        }
    }
    return worst;
}

std::vector<std::vector<CleanerSegment>> group_segments(
    const std::vector<CleanerSegment>& segments, Offset end, SegmentLimits limits
) {
    std::vector<std::vector<CleanerSegment>> groups;
    CleanerSegment sum;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const CleanerSegment& next = segments[i];
        const Offset last = (i + 1 < segments.size() ? segments[i + 1].base_offset : end) - 1;
        const bool joins = !groups.empty() && sum.bytes + next.bytes <= limits.segment_bytes &&
                           sum.offset_index_bytes + next.offset_index_bytes <= limits.index_bytes &&
                           sum.time_index_bytes + next.time_index_bytes <= limits.index_bytes &&
                           last - sum.base_offset <= std::numeric_limits<std::int32_t>::max();
        if (!joins) {
            groups.emplace_back();
            sum = {.base_offset = next.base_offset};
        }
        groups.back().push_back(next);
        sum.bytes += next.bytes;
        sum.offset_index_bytes += next.offset_index_bytes;
        sum.time_index_bytes += next.time_index_bytes;
    }
    return groups;
}

}  // namespace barnabas
