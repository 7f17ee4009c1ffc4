#include "log/log_compaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "log/segment_files.h"

namespace barnabas {

namespace {

std::map<ProducerId, LastOfProducer> last_of_producers(const ProducerState& state) {
    std::map<ProducerId, LastOfProducer> last;
    for (const auto& [producer, entry] : state.producers()) {
        const std::optional<Offset> data = entry.batches.empty() ? std::nullopt : std::optional(entry.last_offset());
        last.emplace(producer, LastOfProducer{data, entry.epoch});
    }
    return last;
}

/// Says in which file, up to which byte, something was wrong.
std::unexpected<Error> error_at(const Segment& segment, std::int64_t end, const Error& error) {
    return fail(
        error.code, fmt::format("{}, batch that ends at byte {}: {}", segment.paths().front(), end, error.detail)
    );
}

}  // namespace

CleanerSegment cleaner_segment(const Segment& segment) {
    return {
        .base_offset = segment.base_offset(),
        .bytes = segment.size(),
        .offset_index_bytes = segment.offset_index().file().bytes(),
        .time_index_bytes = segment.time_index().file().bytes(),
        .largest_timestamp = segment.age_timestamp(),
    };
}

LogCompaction::LogCompaction(
    FileSystem& files, std::shared_ptr<HostedLog> hosted, CleaningRange range, Options options, Timestamp time
)
    : files_(files),
      hosted_(std::move(hosted)),
      range_(range),
      options_(options),
      time_(time),
      keys_(range.first_dirty, OffsetMap(options.most_keys, options.load_factor, options.secret)) {
    const std::lock_guard lock(hosted_->mutex);
    config_ = std::make_shared<const TopicConfig>(hosted_->log->config());
    cuts_ = hosted_->log->cuts();
}

LogCompaction::~LogCompaction() {
    discard_cleaned();
}

Expected<LogCompaction::Step> LogCompaction::step() {
    if (hosted_->removed || hosted_->dir->offline() || hosted_->log->cuts() != cuts_) {
        return Step{Outcome::overtaken, 0};
    }
    if (!keys_known_) {
        if (sources_.empty()) {
            if (auto planned = plan_reading(); !planned) {
                return std::unexpected(std::move(planned).error());
            }
        }
        return read_keys();
    }
    return cleaned_ || !groups_.empty() ? clean_group() : Step{Outcome::done, 0};
}

Expected<void> LogCompaction::plan_reading() {
    const auto segments = hosted_->log->segments();
    for (const auto& [base, segment] : *segments) {
        const auto next = segments->upper_bound(base);
        const bool ends_dirty = next != segments->end() && next->first > range_.first_dirty;
        if (ends_dirty && base < range_.first_uncleanable) {
            sources_.push_back({segment, segment->size()});
        }
    }
    auto aborted = hosted_->log->aborted_transactions(range_.first_dirty, range_.first_uncleanable);
    if (!aborted) {
        return std::unexpected(std::move(aborted).error());
    }
    keys_.expect(*aborted);
    return {};
}

Expected<LogCompaction::Step> LogCompaction::read_keys() {
    Step step;
    bool room = true;
    while (room && source_ < sources_.size() && step.bytes < options_.step_bytes) {
        const Source& source = sources_[source_];
        if (position_ < 0) {
            const auto place = source.segment->find(range_.first_dirty);
            if (!place) {
                return std::unexpected(place.error());
            }
            position_ = *place ? (*place)->position : source.bytes;
        }
        const auto read =
            source.segment->for_each_batch(position_, [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
                const auto added = keys_.add(batch);
                room = added.value_or(true);
                position_ += static_cast<std::int64_t>(batch.size());
                step.bytes += static_cast<std::int64_t>(batch.size());
                return added ? Expected<bool>(room && step.bytes < options_.step_bytes) : added;
            });
        if (!read) {
            return error_at(*source.segment, position_, read.error());
        }
        if (room && position_ >= source.bytes) {
            ++source_;
            position_ = -1;
            keys_.complete(
                source_ < sources_.size() ? sources_[source_].segment->base_offset() : range_.first_uncleanable
            );
        }
    }
    if (!room || source_ == sources_.size()) {
        if (auto planned = plan_groups(); !planned) {
            return std::unexpected(std::move(planned).error());
        }
    }
    return step;
}

Expected<void> LogCompaction::plan_groups() {
    keys_known_ = true;
    sources_.clear();
    const auto segments = hosted_->log->segments();
    const auto end = segments->lower_bound(keys_.end());
    std::vector<CleanerSegment> facts;
    std::ranges::transform(segments->begin(), end, std::back_inserter(facts), [](const auto& each) {
        return cleaner_segment(*each.second);
    });
    const SegmentLimits limits{
        config_->internal_segment_bytes.value_or(config_->segment_bytes), config_->segment_index_bytes
    };
    const Offset bound = end == segments->end() ? hosted_->log->log_end() : end->first;
    for (const auto& group : group_segments(facts, bound, limits)) {
        auto& sources = groups_.emplace_back();
        for (const CleanerSegment& each : group) {
            sources.push_back({segments->at(each.base_offset), each.bytes});
        }
    }
    std::ranges::reverse(groups_);

    auto aborted = hosted_->log->aborted_transactions(hosted_->log->log_start(), range_.first_uncleanable);
    if (!aborted) {
        return std::unexpected(std::move(aborted).error());
    }
    compaction_.emplace(keys_, rules());
    compaction_->expect(*aborted);
    return {};
}

BatchCompaction::Rules LogCompaction::rules() const {
    const std::lock_guard lock(hosted_->mutex);
    return {
        time_, config_->delete_retention_ms, range_.first_uncleanable, last_of_producers(hosted_->log->producers())
    };
}

Expected<LogCompaction::Step> LogCompaction::clean_group() {
    Step step;
    const std::int64_t written_before = sums_.bytes_after;
    if (!cleaned_) {
        if (auto begun = begin_group(); !begun) {
            return std::unexpected(std::move(begun).error());
        }
    }
    while (source_ < sources_.size() && step.bytes < options_.step_bytes) {
        const Source& source = sources_[source_];
        const auto read =
            source.segment->for_each_batch(position_, [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
                position_ += static_cast<std::int64_t>(batch.size());
                step.bytes += static_cast<std::int64_t>(batch.size());
                if (auto taken = take(batch); !taken) {
                    return std::unexpected(std::move(taken).error());
                }
                return step.bytes < options_.step_bytes;
            });
        if (!read) {
            return error_at(*source.segment, position_, read.error());
        }
        if (position_ >= source.bytes) {
            ++source_;
            position_ = 0;
        }
    }
    if (auto written = write_out(); !written) {
        return std::unexpected(std::move(written).error());
    }
    step.bytes += sums_.bytes_after - written_before;
    if (source_ == sources_.size()) {
        const auto outcome = put_in_place();
        if (!outcome) {
            return std::unexpected(outcome.error());
        }
        step.outcome = *outcome;
    }
    return step;
}

Expected<void> LogCompaction::begin_group() {
    sources_ = std::move(groups_.back());
    groups_.pop_back();
    source_ = 0;
    position_ = 0;
    const Segment::Options options{
        .index_interval_bytes = config_->index_interval_bytes,
        .index_bytes = config_->segment_index_bytes,
    };
    auto segment = Segment::open(
        files_, hosted_->log->directory(), sources_.front().segment->base_offset(), options, suffix::cleaned
    );
    if (!segment) {
        return std::unexpected(std::move(segment).error());
    }
    cleaned_ = *std::move(segment);
    return {};
}

Expected<void> LogCompaction::take(const RecordBatchView& batch) {
    auto remains = compaction_->compact(batch);
    if (!remains) {
        return std::unexpected(std::move(remains).error());
    }
    sums_.bytes_before += static_cast<std::int64_t>(batch.size());
    sums_.records_before += batch.record_count();
    sums_.records_after += remains->records;
    if (remains->aborted) {
        if (auto kept = cleaned_->aborted().append(*remains->aborted); !kept) {
            return kept;
        }
    }
    switch (remains->what) {
        case BatchCompaction::Remains::What::nothing:
            return {};
        case BatchCompaction::Remains::What::the_batch:
            buffer_.insert(buffer_.end(), batch.bytes().begin(), batch.bytes().end());
            break;
        case BatchCompaction::Remains::What::a_new_batch:
            buffer_.insert(buffer_.end(), remains->new_batch.begin(), remains->new_batch.end());
            break;
    }
    return {};
}

Expected<void> LogCompaction::write_out() {
    if (buffer_.empty()) {
        return {};
    }
    sums_.bytes_after += static_cast<std::int64_t>(buffer_.size());
    auto appended = cleaned_->append(buffer_);
    buffer_.clear();
    return appended;
}

Expected<LogCompaction::Outcome> LogCompaction::put_in_place() {
    for (const auto finish : {&Segment::seal, &Segment::flush}) {
        if (auto finished = (cleaned_.get()->*finish)(); !finished) {
            return std::unexpected(std::move(finished).error());
        }
    }
    const std::lock_guard unflushed(hosted_->flush_mutex);
    std::unique_lock lock(hosted_->mutex);
    std::vector<std::shared_ptr<Segment>> replaced;
    if (hosted_->log->cuts() != cuts_) {
        return Outcome::overtaken;
    }
    const auto segments = hosted_->log->segments();
    for (const Source& source : sources_) {
        const auto now = segments->find(source.segment->base_offset());
        if (hosted_->removed || now == segments->end() || now->second != source.segment ||
            source.segment->size() != source.bytes) {
            return Outcome::overtaken;
        }
        replaced.push_back(source.segment);
    }
    const auto leaving = hosted_->log->replace_segments({cleaned_}, replaced);
    if (!leaving) {
        return std::unexpected(leaving.error());
    }
    lock.unlock();
    auto retired = hosted_->log->finish_replacement({cleaned_}, *leaving);
    if (!retired && hosted_->removed) {
        cleaned_.reset();
        return Outcome::overtaken;  // its folder has another name, and goes
    }
    if (!retired) {
        return std::unexpected(std::move(retired).error());
    }
    retired_.push_back(*std::move(retired));
    cleaned_.reset();
    return groups_.empty() ? Outcome::done : Outcome::more;
}

void LogCompaction::discard_cleaned() {
    if (cleaned_) {
        // What cannot be removed now, the next start removes by its name.
        (void)cleaned_->remove();
        cleaned_.reset();
    }
}

}  // namespace barnabas
