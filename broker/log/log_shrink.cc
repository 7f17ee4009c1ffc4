// The part of Log that gives things up: truncation, retention, DeleteRecords, the cleaner's replacements.

#include <fmt/format.h>

#include "common/events.h"
#include "log/log.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

Expected<bool> Log::truncate_to(Offset offset, Timestamp now) {
    if (auto usable = check_usable(); !usable) {
        return std::unexpected(usable.error());
    }
    if (offset >= log_end()) {
        return false;
    }
    if (segments_->begin()->first > offset) {
        const auto emptied = truncate_fully_and_start_at(offset, now);
        return emptied ? Expected<bool>(true) : std::unexpected(emptied.error());
    }
    {
        const std::scoped_lock lock(view_mutex_);
        ++truncations_;
        cut_ = std::min(cut_.value_or(offset), offset);
        recovery_point_ = std::min(recovery_point_, offset);
        view_.log_start = std::min(view_.log_start, offset);
    }
    auto kept = std::make_shared<SegmentMap>(*segments_);
    const auto first_gone = kept->upper_bound(offset);
    const std::vector gone(first_gone, kept->end());
    kept->erase(first_gone, kept->end());
    publish(std::move(kept));
    for (const auto& [base, segment] : gone) {
        if (auto removed = segment->remove(); !removed) {
            return std::unexpected(removed.error());
        }
    }
    if (const auto cut = active()->truncate_to(offset); !cut) {
        return std::unexpected(cut.error());
    }
    begin_active(now);
    publish_log_end(offset);
    if (epochs_.truncate_end(offset)) {
        if (auto wrote = write_epochs(Durability::synced); !wrote) {
            return std::unexpected(wrote.error());
        }
    }
    auto rebuilt = snapshots_->remove_if([&](Offset each) { return each > offset; });
    if (rebuilt) {
        rebuilt = snapshots_->rebuild(producers_, *segments_, log_start(), offset, now);
    }
    producers_.high_watermark_moved(high_watermark());
    publish_unstable();
    return rebuilt ? Expected<bool>(true) : std::unexpected(rebuilt.error());
}

Expected<void> Log::truncate_fully_and_start_at(Offset offset, Timestamp now) {
    if (auto usable = check_usable(); !usable) {
        return usable;
    }
    {
        const std::scoped_lock lock(view_mutex_);
        ++truncations_;
        cut_ = std::min(cut_.value_or(offset), offset);
        recovery_point_ = offset;
    }
    for (const auto& [base, segment] : *segments_) {
        if (auto removed = segment->remove(); !removed) {
            return removed;
        }
    }
    auto segment = Segment::open(files_, directory_, offset, segment_options());
    if (!segment) {
        return std::unexpected(segment.error());
    }
    publish(std::make_shared<SegmentMap>(SegmentMap{{offset, *std::move(segment)}}));
    begin_active(now);
    {
        const std::scoped_lock lock(view_mutex_);
        view_.log_start = offset;
        view_.high_watermark = offset;
        view_.log_end = {offset, offset, 0};
    }
    producers_.clear(offset);
    publish_unstable();
    epochs_.clear();
    if (auto wrote = write_epochs(Durability::synced); !wrote) {
        return wrote;
    }
    return snapshots_->remove_if([](Offset) { return true; });
}

Expected<bool> Log::move_log_start(Offset offset) {
    if (offset > high_watermark()) {
        return fail(
            ErrorCode::offset_out_of_range,
            fmt::format(
                "Cannot increment the log start offset to {} of partition {} since it is larger than the high "
                "watermark {}",
                offset.value, options_.partition.text(), high_watermark().value
            )
        );
    }
    if (offset <= log_start()) {
        return false;
    }
    publish_log_start(offset);
    producers_.log_start_moved(offset);
    publish_unstable();
    // Not written now: appends wait for the lock meanwhile, and loading cuts the epochs at the log's start anyway.
    epochs_begin_earlier_ |= epochs_.truncate_start(offset);
    return true;
}

Expected<LeavingSegments> Log::take_old_segments(Timestamp now) {
    LeavingSegments leaving;
    if (auto usable = check_usable(); !usable) {
        return std::unexpected(usable.error());
    }
    Expected<void> done;
    if (config_->cleanup_policy.deletes && config_->retention_ms.count() >= 0) {
        done = take_while(
            [&](const Segment& segment, Offset) { return now - segment.age_timestamp() > config_->retention_ms; }, now,
            leaving
        );
    }
    std::int64_t excess = size() - config_->retention_bytes;
    if (done && config_->cleanup_policy.deletes && config_->retention_bytes >= 0 && excess > 0) {
        done = take_while(
            [&](const Segment& segment, Offset) {
                excess -= segment.size();
                return excess >= 0;
            },
            now, leaving
        );
    }
    if (done) {
        done = take_while([&](const Segment&, Offset next) { return next <= log_start(); }, now, leaving);
    }
    return done ? Expected<LeavingSegments>(std::move(leaving)) : std::unexpected(done.error());
}

Expected<void> Log::take_while(
    const std::function<bool(const Segment&, Offset)>& expired, Timestamp now, LeavingSegments& leaving
) {
    std::vector<std::shared_ptr<Segment>> gone;
    for (auto segment = segments_->begin(); segment != segments_->end(); ++segment) {
        const auto next = std::next(segment);
        const bool last = next == segments_->end();
        const Offset upper = last ? log_end() : next->first;
        // What is not committed yet is nobody's to delete; an empty active segment is the log's place to go on.
        if (high_watermark() < upper || (last && segment->second->size() == 0) || !expired(*segment->second, upper)) {
            break;
        }
        gone.push_back(segment->second);
    }
    if (gone.empty()) {
        return {};
    }
    if (gone.size() == segments_->size()) {
        if (auto rolled = roll(now); !rolled) {
            return rolled;
        }
    }
    leave(gone, leaving);
    const auto moved = move_log_start(segments_->begin()->first);
    return moved ? Expected<void>() : std::unexpected(moved.error());
}

void Log::leave(const std::vector<std::shared_ptr<Segment>>& gone, LeavingSegments& leaving) {
    auto kept = std::make_shared<SegmentMap>(*segments_);
    for (const auto& segment : gone) {
        const auto found = kept->find(segment->base_offset());
        if (found != kept->end() && found->second == segment) {
            kept->erase(found);
        }
    }
    publish(std::move(kept));
    for (const auto& segment : gone) {
        leaving.segments.push_back(segment);
        if (segments_->contains(segment->base_offset())) {
            continue;  // a replacement begins there too, and needs the snapshot
        }
        if (auto snapshot = snapshots_->forget(segment->base_offset())) {
            leaving.snapshots.push_back(*std::move(snapshot));
        }
    }
}

Expected<LeavingSegments> Log::replace_segments(
    const std::vector<std::shared_ptr<Segment>>& replacements, const std::vector<std::shared_ptr<Segment>>& replaced
) {
    // From here on a crash is completed at the next start: ".swap" files are whole, and take their places then. Not
    // before the caller knows that the log was not cut: what was cut off must not come back by them.
    for (auto segment = replacements.rbegin(); segment != replacements.rend(); ++segment) {
        if (auto renamed = (*segment)->change_suffix(suffix::swap); !renamed) {
            return std::unexpected(renamed.error());
        }
    }
    auto segments = std::make_shared<SegmentMap>(*segments_);
    for (const auto& segment : replaced) {
        segments->erase(segment->base_offset());
    }
    for (const auto& segment : replacements) {
        segments->insert_or_assign(segment->base_offset(), segment);
    }
    publish(std::move(segments));
    LeavingSegments leaving;
    leave(replaced, leaving);
    return leaving;
}

Expected<RetiredFiles> Log::finish_replacement(
    const std::vector<std::shared_ptr<Segment>>& replacements, const LeavingSegments& replaced
) {
    if (auto synced = files_.sync_directory(directory()); !synced) {
        return storage_failure(synced.error());
    }
    auto retired = retire(files_, replaced);
    if (!retired) {
        return retired;
    }
    for (const auto& segment : replacements) {
        if (auto renamed = segment->change_suffix(""); !renamed) {
            return std::unexpected(renamed.error());
        }
    }
    const auto synced = files_.sync_directory(directory());
    return synced ? std::move(retired) : storage_failure(synced.error());
}

}  // namespace barnabas
