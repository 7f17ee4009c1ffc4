// The part of Log that looks up and reads, beside appends.

#include <fmt/format.h>

#include <algorithm>

#include "log/log.h"

namespace barnabas {

namespace {

/// A view that retention overtakes names files that are gone; the next one does not.
constexpr int most_views = 3;

/// From the log's end: what the system has not yet had the time to drop from its memory.
constexpr std::int64_t just_written_bytes = std::int64_t{8} << 20;

/// The segment that holds `offset`, or the first behind it.
SegmentMap::const_iterator segment_of(const SegmentMap& segments, Offset offset) {
    const auto above = segments.upper_bound(offset);
    return above == segments.begin() ? above : std::prev(above);
}

}  // namespace

Expected<LogSlice> Log::read(Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, ReadFrom from) const {
    for (int attempt = 1;; ++attempt) {
        const View seen = view();
        auto slice = read_view(seen, offset, most, bound, at_least_one, from);
        if (slice || attempt == most_views || seen.segments == segments()) {
            return slice;
        }
    }
}

Expected<LogSlice> Log::read_view(
    const View& seen, Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, ReadFrom from
) const {
    if (offset < seen.log_start || offset > seen.log_end.offset) {
        return fail(
            ErrorCode::offset_out_of_range, fmt::format(
                                                "{} has offsets {} to {}, not {}", options_.partition.text(),
                                                seen.log_start.value, seen.log_end.offset.value, offset.value
                                            )
        );
    }
    Offset end = seen.log_end.offset;
    if (bound != ReadUpTo::log_end) {
        end = seen.high_watermark;
    }
    if (bound == ReadUpTo::last_stable) {
        end = std::min(end, seen.first_unstable);
    }
    LogSlice nothing;
    nothing.start = seen.log_end;
    nothing.start.offset = offset;
    nothing.end_offset = offset;
    if (offset >= end) {
        return nothing;
    }
    // A compacted segment may have lost its last records, and the one behind it its first.
    for (auto segment = segment_of(*seen.segments, offset); segment != seen.segments->end() && segment->first < end;
         ++segment) {
        const auto place = segment->second->find(offset, from);
        if (!place) {
            return std::unexpected(place.error());
        }
        if (!*place || (*place)->base_offset >= end) {
            continue;
        }
        const auto next = std::next(segment);
        std::int64_t limit = next == seen.segments->end() ? seen.log_end.byte : segment->second->size();
        if (end < seen.log_end.offset && (next == seen.segments->end() || next->first > end)) {
            const auto last = segment->second->find(end, from);
            if (!last) {
                return std::unexpected(last.error());
            }
            limit = *last ? std::min(limit, (*last)->position) : limit;
        }
        auto slice = segment->second->slice((*place)->position, limit, most, at_least_one, from);
        if (!slice) {
            return slice;
        }
        slice->start = {(*place)->base_offset, segment->first, (*place)->position};
        slice->just_written =
            next == seen.segments->end() && (*place)->position + just_written_bytes >= seen.log_end.byte;
        slice->more_in_later_segment = next != seen.segments->end() && next->first < end;
        if (slice->end_offset == no_offset) {
            slice->end_offset = next == seen.segments->end() ? end : std::min(end, next->first);
        }
        if (bound == ReadUpTo::last_stable) {
            auto aborted = aborted_in(seen, offset, slice->end_offset);
            if (!aborted) {
                return std::unexpected(aborted.error());
            }
            slice->aborted = *std::move(aborted);
        }
        return slice;
    }
    return nothing;
}

Expected<std::vector<AbortedTransaction>> Log::aborted_transactions(Offset from, Offset to) const {
    return aborted_in(view(), from, to);
}

Expected<std::vector<AbortedTransaction>> Log::aborted_in(const View& seen, Offset from, Offset to) const {
    std::vector<AbortedTransaction> found;
    for (auto segment = segment_of(*seen.segments, from); segment != seen.segments->end(); ++segment) {
        const auto aborted = segment->second->aborted().read();
        if (!aborted) {
            return std::unexpected(aborted.error());
        }
        for (const AbortedTransaction& each : *aborted) {
            if (each.last_offset >= from && each.first_offset < to) {
                found.push_back(each);
            }
            // When this one ended, nothing below was open any more.
            if (each.last_stable_offset >= to) {
                return found;
            }
        }
    }
    return found;
}

Expected<std::optional<FoundOffset>> Log::offset_for_timestamp(std::int64_t timestamp) const {
    const View seen = view();
    switch (timestamp) {
        case list_offsets::earliest:
        case list_offsets::earliest_local:
            return FoundOffset{.offset = seen.log_start};
        case list_offsets::latest:
            return FoundOffset{.offset = seen.log_end.offset};
        case list_offsets::latest_tiered:
        case list_offsets::earliest_pending_upload:
            return FoundOffset{};  // nothing is tiered
        case list_offsets::max_timestamp: {
            const auto largest = std::ranges::max_element(*seen.segments, {}, [](const auto& each) {
                return each.second->largest_timestamp().timestamp;
            });
            return largest->second->find_largest_timestamp();
        }
        default:
            break;
    }
    const Timestamp wanted{std::chrono::milliseconds(timestamp)};
    for (const auto& [base, segment] : *seen.segments) {
        if (segment->largest_timestamp().timestamp < wanted) {
            continue;
        }
        if (auto found = segment->find_timestamp(wanted, seen.log_start); !found || *found) {
            return found;
        }
    }
    return std::nullopt;
}

Expected<LogPosition> Log::position_of(Offset offset) const {
    const auto slice = read(offset, 0, ReadUpTo::log_end, true);
    if (!slice) {
        return std::unexpected(slice.error());
    }
    return slice->start;
}

}  // namespace barnabas
