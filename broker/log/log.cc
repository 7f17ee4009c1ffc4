#include "log/log.h"

#include <fmt/format.h>

#include "io/whole_file.h"
#include "log/log_loader.h"
#include "log/partition_metadata.h"
#include "log/storage_error.h"

namespace barnabas {

Log::Log(FileSystem& files, LogOptions options)
    : files_(files),
      options_(std::move(options)),
      name_(options_.partition.text()),
      config_(options_.config),
      producers_(name_, options_.producer_id_expiration),
      directory_(std::move(options_.directory)) {}

Log::~Log() = default;

Expected<std::unique_ptr<Log>> Log::open(
    FileSystem& files, LogOptions options, Timestamp now, const RecoveryListener& listener
) {
    std::unique_ptr<Log> log(new Log(files, std::move(options)));
    LogLoader loader(*log, now, listener);
    if (auto loaded = loader.load(); !loaded) {
        return std::unexpected(loaded.error());
    }
    return log;
}

std::shared_ptr<const TopicConfig> Log::config_now() const {
    const std::scoped_lock lock(view_mutex_);
    return config_;
}

void Log::set_config(std::shared_ptr<const TopicConfig> config) {
    {
        const std::scoped_lock lock(view_mutex_);
        config_.swap(config);
    }
    for (const auto& [base, segment] : *segments_) {
        segment->configure(segment_options());
    }
}

Segment::Options Log::segment_options() const {
    return {
        .index_interval_bytes = config_->index_interval_bytes,
        .index_bytes = config_->segment_index_bytes,
        .preallocate_bytes = config_->preallocate ? segment_bytes() : 0,
        .segment_bytes = segment_bytes(),
    };
}

std::int32_t Log::segment_bytes() const {
    return config_->internal_segment_bytes.value_or(config_->segment_bytes);
}

Expected<void> Log::check_usable() const {
    if (failed()) {
        return fail(
            ErrorCode::kafka_storage_error,
            fmt::format("{}: a sync failed before; what the device holds is unknown until a restart", directory())
        );
    }
    return {};
}

void Log::begin_leader_epoch(LeaderEpoch epoch) {
    epoch_unwritten_ |= epochs_.assign(epoch, log_end());
}

LeaderEpoch Log::latest_epoch() const {
    const auto latest = epochs_.latest();
    return latest ? latest->epoch : no_leader_epoch;
}

LeaderEpochs::EndOffset Log::epoch_end_offset(LeaderEpoch epoch) const {
    return epochs_.end_offset(epoch, log_end());
}

Expected<void> Log::write_epochs(Durability durability) {
    const bool sync = durability == Durability::synced;
    const std::string path = fmt::format("{}/{}", directory_, leader_epochs_file);
    const std::string text = epochs_.text();
    const auto wrote =
        sync ? replace_file(files_, path, as_bytes(text)) : replace_file_unsynced(files_, path, as_bytes(text));
    if (!wrote) {
        return storage_failure(wrote.error());
    }
    epoch_unwritten_ = false;
    epochs_begin_earlier_ = false;
    if (!sync) {
        const std::scoped_lock lock(view_mutex_);
        epochs_unsynced_ = true;
    }
    return {};
}

Expected<void> Log::set_topic_id(const TopicId& topic) {
    if (topic_id_ == topic) {
        return {};
    }
    if (topic_id_) {
        return fail(
            ErrorCode::inconsistent_topic_id,
            fmt::format("{} belongs to topic id {}, not {}", directory_, topic_id_->text(), topic.text())
        );
    }
    const auto wrote = replace_file_unsynced(
        files_, fmt::format("{}/{}", directory_, partition_metadata_file), as_bytes(partition_metadata_text(topic))
    );
    if (!wrote) {
        return storage_failure(wrote.error());
    }
    topic_id_ = topic;
    const std::scoped_lock lock(view_mutex_);
    topic_id_unsynced_ = true;
    return {};
}

Expected<void> Log::sync_small_files() {
    bool topic_id, epochs;
    std::string before;
    {
        const std::scoped_lock lock(view_mutex_);
        topic_id = std::exchange(topic_id_unsynced_, false);
        epochs = std::exchange(epochs_unsynced_, false);
        before = directory_;
    }
    if (!topic_id && !epochs) {
        return {};
    }
    const auto sync_in = [&](const std::string& folder) {
        const auto sync = [&](bool wanted, std::string_view name) {
            return wanted ? sync_file(files_, fmt::format("{}/{}", folder, name)) : IoResult<void>();
        };
        return in_order(
            [&] { return sync(topic_id, partition_metadata_file); }, [&] { return sync(epochs, leader_epochs_file); },
            [&] { return files_.sync_directory(folder); }
        );
    };
    auto synced = sync_in(before);
    if (!synced && directory() != before) {
        synced = sync_in(directory());  // it was renamed meanwhile
    }
    if (synced) {
        return {};
    }
    const std::scoped_lock lock(view_mutex_);
    topic_id_unsynced_ |= topic_id;
    epochs_unsynced_ |= epochs;
    return storage_failure(synced.error());
}

void Log::begin_sync(LogPosition end) {
    const auto all = segments();
    if (const auto segment = all->find(end.segment_base); segment != all->end()) {
        segment->second->begin_sync(end.byte);
    }
}

void Log::rest_if_idle() {
    if (std::exchange(end_at_rest_, log_end()) == log_end()) {
        active()->rest();
    }
}

Expected<void> Log::rename_directory(const std::string& directory) {
    const auto renamed = files_.rename(directory_, directory);
    if (!renamed) {
        return storage_failure(renamed.error());
    }
    for (const auto& [base, segment] : *segments_) {
        segment->moved_to(directory);
    }
    snapshots_->moved_to(directory);
    const std::scoped_lock lock(view_mutex_);
    directory_ = directory;
    return {};
}

Expected<void> Log::remove() {
    const auto removed = files_.remove_tree(directory_);
    return removed ? Expected<void>() : storage_failure(removed.error());
}

Expected<void> Log::close() {
    if (auto usable = check_usable(); !usable) {
        return usable;
    }
    if (epochs_begin_earlier_) {
        (void)write_epochs(Durability::unsynced);  // on a full disk the next start cuts them, as after a crash
    }
    producers_.set_end(log_end());
    if (log_end().value > 0) {
        if (auto wrote = snapshots_->write(producers_, true); !wrote) {
            return wrote;
        }
    }
    if (auto closed = active()->seal(); !closed) {
        return closed;
    }
    if (active()->size() == 0 && recovery_point() == log_end()) {
        return {};  // nothing that a crash could take
    }
    return flush_segments(recovery_point(), Offset{std::numeric_limits<std::int64_t>::max()});
}

Log::View Log::view() const {
    const std::scoped_lock lock(view_mutex_);
    return view_;
}

void Log::publish(std::shared_ptr<const SegmentMap> segments) {
    segments_ = segments;
    const std::scoped_lock lock(view_mutex_);
    view_.segments = std::move(segments);
}

void Log::publish_log_end(Offset end) {
    const LogPosition position{end, active()->base_offset(), active()->size()};
    const std::scoped_lock lock(view_mutex_);
    view_.log_end = position;
    view_.high_watermark = std::min(view_.high_watermark, end);
}

void Log::publish_log_start(Offset start) {
    const std::scoped_lock lock(view_mutex_);
    view_.log_start = start;
    view_.high_watermark = std::max(view_.high_watermark, start);
}

void Log::publish_unstable() {
    const Offset unstable =
        producers_.first_unstable_offset().value_or(Offset{std::numeric_limits<std::int64_t>::max()});
    const std::scoped_lock lock(view_mutex_);
    view_.first_unstable = std::max(unstable, view_.log_start);
}

void Log::set_high_watermark(Offset offset) {
    {
        const std::scoped_lock lock(view_mutex_);
        view_.high_watermark = std::clamp(offset, view_.log_start, view_.log_end.offset);
        offset = view_.high_watermark;
    }
    producers_.high_watermark_moved(offset);
    publish_unstable();
}

std::string Log::directory() const {
    const std::scoped_lock lock(view_mutex_);
    return directory_;
}

Offset Log::log_start() const {
    const std::scoped_lock lock(view_mutex_);
    return view_.log_start;
}

Offset Log::log_end() const {
    return log_end_position().offset;
}

LogPosition Log::log_end_position() const {
    const std::scoped_lock lock(view_mutex_);
    return view_.log_end;
}

Offset Log::high_watermark() const {
    const std::scoped_lock lock(view_mutex_);
    return view_.high_watermark;
}

Offset Log::last_stable_offset() const {
    const std::scoped_lock lock(view_mutex_);
    return std::min(view_.high_watermark, view_.first_unstable);
}

Offset Log::recovery_point() const {
    const std::scoped_lock lock(view_mutex_);
    return recovery_point_;
}

std::shared_ptr<const SegmentMap> Log::segments() const {
    return view().segments;
}

std::int64_t Log::size() const {
    std::int64_t bytes = 0;
    for (const auto& [base, segment] : *segments()) {
        bytes += segment->size();
    }
    return bytes;
}

bool Log::failed() const {
    const std::scoped_lock lock(view_mutex_);
    return failed_;
}

bool Log::flush_due(Timestamp now) const {
    const std::scoped_lock lock(view_mutex_);
    const std::int64_t unflushed = view_.log_end.offset - recovery_point_;
    return unflushed > 0 && (unflushed >= config_->flush_messages || now - last_flush_ >= config_->flush_ms);
}

std::uint64_t Log::cuts() const {
    const std::scoped_lock lock(view_mutex_);
    return truncations_;
}

Expected<void> Log::flush(Offset up_to, Timestamp now) {
    std::uint64_t truncations;
    Offset from;
    {
        const std::scoped_lock lock(view_mutex_);
        up_to = std::min(up_to, view_.log_end.offset);
        from = recovery_point_;
        truncations = truncations_;
        last_flush_ = now;
    }
    if (auto usable = check_usable(); !usable) {
        return usable;
    }
    if (auto flushed = flush_segments(from, up_to); !flushed) {
        return flushed;
    }
    const std::scoped_lock lock(view_mutex_);
    if (truncations == truncations_) {
        recovery_point_ = std::max(recovery_point_, up_to);
    }
    return {};
}

bool Log::has(const Segment& segment) const {
    const auto all = view().segments;
    const auto found = all->find(segment.base_offset());
    return found != all->end() && found->second.get() == &segment;
}

Expected<void> Log::flush_segments(Offset from, Offset to) {
    const auto all = view().segments;
    auto segment = all->upper_bound(from);
    const bool new_files = segment != all->end() || from == all->begin()->first;
    if (segment != all->begin() && from < to) {
        --segment;
    }
    // What they hold was synced while they were appended to; their indexes were not.
    while (segment != all->begin() && std::prev(segment)->second->indexes_pending()) {
        --segment;
    }
    Expected<void> flushed;
    bool any = false;
    for (; segment != all->end() && segment->first < to && flushed; ++segment) {
        flushed = segment->second->flush();
        any = true;
        if (!flushed && !has(*segment->second)) {
            flushed = {};  // it left the log meanwhile, and so did its files
        }
    }
    if (flushed && any) {
        flushed = sync_small_files();
    }
    if (flushed && any && new_files) {
        if (auto synced = files_.sync_directory(directory()); !synced) {
            flushed = storage_failure(synced.error());
        }
    }
    const std::scoped_lock lock(view_mutex_);
    failed_ |= !flushed;
    return flushed;
}

}  // namespace barnabas
