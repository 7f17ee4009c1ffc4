#include "log/log_loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/events.h"
#include "io/whole_file.h"
#include "log/batch_scanner.h"
#include "log/partition_metadata.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

constexpr std::int64_t report_every_bytes = std::int64_t{64} << 20;
constexpr std::string_view segment_suffixes[] = {
    suffix::log, suffix::offset_index, suffix::time_index, suffix::transaction_index
};

/// The base offset in the name of one of a segment's files, with `extra` behind the name.
std::optional<Offset> base_of(std::string_view name, std::string_view extra) {
    for (const std::string_view each : segment_suffixes) {
        if (const auto base = parse_segment_file_name(name, fmt::format("{}{}", each, extra))) {
            return base;
        }
    }
    return std::nullopt;
}

}  // namespace

Expected<void> LogLoader::load() {
    for (const Step step :
         {&LogLoader::make_directory, &LogLoader::finish_interrupted_work, &LogLoader::find_snapshots,
          &LogLoader::load_topic_id, &LogLoader::load_segments, &LogLoader::load_epochs, &LogLoader::recover_segments,
          &LogLoader::settle_ends, &LogLoader::tell_of_missing_segments, &LogLoader::load_producers}) {
        if (auto done = (this->*step)(); !done) {
            return done;
        }
    }
    return {};
}

Expected<void> LogLoader::make_directory() {
    const auto status = log_.files_.status(log_.directory_);
    if (!status) {
        return storage_failure(status.error());
    }
    if (*status) {
        return list_files();
    }
    const auto made = log_.files_.make_directories(log_.directory_);
    return made ? Expected<void>() : storage_failure(made.error());
}

Expected<void> LogLoader::list_files() {
    auto names = log_.files_.list(log_.directory_);
    if (!names) {
        return storage_failure(names.error());
    }
    names_ = *std::move(names);
    return {};
}

IoResult<std::optional<Bytes>> LogLoader::read(std::string_view name) const {
    return std::ranges::binary_search(names_, name)
               ? read_whole_file(log_.files_, fmt::format("{}/{}", log_.directory_, name))
               : std::nullopt;
}

Expected<void> LogLoader::find_snapshots() {
    log_.snapshots_.emplace(log_.files_, log_.directory_, names_);
    return {};
}

Expected<void> LogLoader::finish_interrupted_work() {
    std::vector<std::string> gone, swaps;
    Offset least_cleaned{std::numeric_limits<std::int64_t>::max()};
    for (const std::string& name : names_) {
        if (const auto base = base_of(name, suffix::cleaned)) {
            least_cleaned = std::min(least_cleaned, *base);
            gone.push_back(name);
        } else if (base_of(name, suffix::deleted) ||
                   parse_segment_file_name(name, fmt::format("{}{}", suffix::producer_snapshot, suffix::deleted))) {
            gone.push_back(name);
        } else if (base_of(name, suffix::swap)) {
            swaps.push_back(name);
        }
    }
    // Replacements are renamed from the last to the first: one that is still ".cleaned" says that not all are there.
    for (const std::string& name : std::vector(swaps)) {
        if (*base_of(name, suffix::swap) >= least_cleaned) {
            gone.push_back(name);
            std::erase(swaps, name);
        }
    }
    for (const std::string& name : gone) {
        if (auto removed = log_.files_.remove(log_.directory_ + "/" + name); !removed) {
            return storage_failure(removed.error());
        }
    }
    if (gone.empty() && swaps.empty()) {
        return {};
    }
    const auto completed = swaps.empty() ? Expected<void>() : complete_swap(swaps);
    return completed ? list_files() : completed;
}

Expected<void> LogLoader::complete_swap(const std::vector<std::string>& swaps) {
    Offset least{std::numeric_limits<std::int64_t>::max()}, end{-1};
    for (const std::string& name : swaps) {
        if (const auto base = parse_segment_file_name(name, fmt::format("{}{}", suffix::log, suffix::swap))) {
            const auto segment =
                Segment::open(log_.files_, log_.directory_, *base, log_.segment_options(), suffix::swap);
            const auto next = segment ? (*segment)->next_offset() : std::unexpected(segment.error());
            if (!next) {
                return std::unexpected(next.error());
            }
            least = std::min(least, *base);
            end = std::max(end, *next);
        }
    }
    const auto names = log_.files_.list(log_.directory_);
    if (!names) {
        return storage_failure(names.error());
    }
    for (const std::string& name : *names) {
        const auto base = base_of(name, "");
        if (base && *base >= least && *base < end) {
            event::info("removing a file that compaction had replaced", {{"folder", log_.directory_}, {"file", name}});
            if (auto removed = log_.files_.remove(log_.directory_ + "/" + name); !removed) {
                return storage_failure(removed.error());
            }
        }
    }
    for (const std::string& name : swaps) {
        const std::string from = log_.directory_ + "/" + name;
        if (auto renamed = log_.files_.rename(from, from.substr(0, from.size() - suffix::swap.size())); !renamed) {
            return storage_failure(renamed.error());
        }
    }
    return {};
}

Expected<void> LogLoader::load_segments() {
    for (const std::string& name : names_) {
        const auto base = parse_segment_file_name(name, suffix::log);
        if (!base) {
            continue;
        }
        auto segment = Segment::open(log_.files_, log_.directory_, *base, log_.segment_options());
        const auto fault = segment ? (*segment)->sanity() : std::unexpected(segment.error());
        if (!fault) {
            return std::unexpected(fault.error());
        }
        if (*fault) {
            if (log_.options_.clean_shutdown || *base < log_.options_.recovery_point) {
                event::warn("index is made anew", {{"reason", **fault}});
            }
            faulty_.push_back(*base);
        }
        segments_.emplace(*base, *std::move(segment));
    }
    for (const std::string& name : names_) {
        const auto base = base_of(name, "");
        if (base && !segments_.contains(*base)) {
            event::warn("removing an index without its log", {{"folder", log_.directory_}, {"file", name}});
            if (auto removed = log_.files_.remove(log_.directory_ + "/" + name); !removed) {
                return storage_failure(removed.error());
            }
        }
    }
    return {};
}

Expected<void> LogLoader::load_topic_id() {
    const std::string path = fmt::format("{}/{}", log_.directory_, partition_metadata_file);
    const auto bytes = read(partition_metadata_file);
    if (!bytes) {
        return storage_failure(bytes.error());
    }
    if (*bytes && !(*bytes)->empty()) {  // empty when the machine crashed before anything was appended
        const auto topic = parse_partition_metadata(as_text(**bytes));
        if (!topic) {
            return fail(ErrorCode::kafka_storage_error, fmt::format("{}: {}", path, topic.error()));
        }
        log_.topic_id_ = *topic;
    }
    return {};
}

Expected<void> LogLoader::load_epochs() {
    const auto bytes = read(leader_epochs_file);
    if (!bytes) {
        return storage_failure(bytes.error());
    }
    const auto epochs = LeaderEpochs::parse(*bytes ? as_text(**bytes) : std::string_view());
    const bool no_records = std::ranges::all_of(segments_, [](const auto& each) { return each.second->size() == 0; });
    const bool told = *bytes && !(*bytes)->empty();
    if (epochs && (told || no_records)) {
        log_.epochs_ = *epochs;
        epochs_on_disk_ = *epochs;
        epochs_stand_ = true;
        return {};
    }
    event::warn(
        "leader epochs are read anew from the batches",
        {{"file", fmt::format("{}/{}", log_.directory_, leader_epochs_file)},
         {"reason", epochs ? std::string("the file is missing or empty") : epochs.error()}}
    );
    return rebuild_epochs();
}

Expected<void> LogLoader::rebuild_epochs() {
    for (const auto& [base, segment] : segments_) {
        auto read = segment->for_each_batch(0, [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
            if (batch.leader_epoch() > log_.latest_epoch()) {
                log_.epochs_.assign(batch.leader_epoch(), batch.base_offset());
            }
            return true;
        });
        // A batch that does not parse ends what is known; recovery judges it.
        if (!read && read.error().code == ErrorCode::kafka_storage_error) {
            return read;
        }
    }
    return {};
}

Expected<void> LogLoader::recover_segments() {
    auto first = segments_.end();
    if (!log_.options_.clean_shutdown) {
        first = segments_.upper_bound(log_.options_.recovery_point);
        if (first != segments_.begin()) {
            --first;
        }
    }
    std::vector<std::shared_ptr<Segment>> suspects;
    for (const auto& [base, segment] : segments_) {
        const bool unflushed = first != segments_.end() && base >= first->first;
        if (unflushed || std::ranges::binary_search(faulty_, base)) {
            suspects.push_back(segment);
            bytes_total_ += segment->size();
        }
    }
    for (const auto& segment : suspects) {
        const auto cut = recover(*segment);
        if (!cut) {
            return std::unexpected(cut.error());
        }
        const auto next = segments_.upper_bound(segment->base_offset());
        const bool gap = next != segments_.end() && next->first != log_.producers_.end();
        if (*cut && gap && first != segments_.end() && segment->base_offset() >= first->first) {
            return drop_segments_after(segment->base_offset());
        }
    }
    return {};
}

void LogLoader::tell_cut(const Segment& segment, const Segment::Recovered& recovered) const {
    if (recovered.cut_bytes == 0) {
        return;
    }
    if (recovered.reason.empty()) {
        event::info(
            "cut the unused end of a log",
            {{"folder", log_.directory_}, {"segment", segment.base_offset().value}, {"bytes", recovered.cut_bytes}}
        );
        return;
    }
    event::warn(
        "cut the end of a log that was not whole", {{"folder", log_.directory_},
                                                    {"segment", segment.base_offset().value},
                                                    {"bytes", recovered.cut_bytes},
                                                    {"reason", recovered.reason}}
    );
}

Expected<bool> LogLoader::recover(Segment& segment) {
    report(segment, 0);
    recovered_ = true;
    epochs_stand_ = false;
    // An abort in this segment is only known by the transactions that were open before it.
    auto known =
        log_.snapshots_->rebuild(log_.producers_, segments_, log_.options_.log_start, segment.base_offset(), now_);
    if (!known) {
        return std::unexpected(known.error());
    }
    std::int64_t done = 0, reported = 0;
    const auto recovered = segment.recover([&](RecordBatchView batch) -> Expected<bool> {
        done += static_cast<std::int64_t>(batch.size());
        if (done - reported >= report_every_bytes) {
            report(segment, done);
            reported = done;
        }
        return replay_batch(segment, batch);
    });
    if (!recovered) {
        return std::unexpected(recovered.error());
    }
    bytes_done_ += segment.size();
    tell_cut(segment, *recovered);
    const auto end = segment.next_offset();
    const auto sealed = segment.seal();  // appending opens it again, should it be the last
    if (!end || !sealed) {
        return std::unexpected(end ? sealed.error() : end.error());
    }
    log_.producers_.set_end(*end);
    auto wrote = log_.snapshots_->remove_if([&](Offset each) { return each > segment.base_offset() && each <= *end; });
    if (wrote) {
        wrote = log_.snapshots_->write(log_.producers_, false);
    }
    return wrote ? Expected<bool>(recovered->cut_bytes > 0) : std::unexpected(wrote.error());
}

Expected<bool> LogLoader::replay_batch(Segment& segment, RecordBatchView batch) {
    if (batch.leader_epoch() > log_.latest_epoch()) {
        log_.epochs_.assign(batch.leader_epoch(), batch.base_offset());
    }
    ProducerState& producers = log_.producers_;
    const auto update = replay(producers, batch);
    if (!update) {
        return std::unexpected(update.error());
    }
    if (update->completed) {
        const CompletedTransaction& done = *update->completed;
        if (done.aborted) {
            auto noted = segment.aborted().append(
                {done.producer, done.first_offset, done.last_offset, producers.last_stable_after(done)}
            );
            if (!noted) {
                return std::unexpected(noted.error());
            }
        }
        producers.complete(done);
    }
    return true;
}

Expected<void> LogLoader::drop_segments_after(Offset base) {
    for (auto segment = segments_.upper_bound(base); segment != segments_.end(); segment = segments_.erase(segment)) {
        event::warn(
            "removing a segment behind the end that was cut",
            {{"folder", log_.directory_}, {"segment", segment->first.value}, {"bytes", segment->second->size()}}
        );
        if (auto removed = segment->second->remove(); !removed) {
            return removed;
        }
    }
    return {};
}

Expected<void> LogLoader::settle_ends() {
    const Offset checkpoint = log_.options_.log_start;
    Offset log_end = checkpoint;
    if (!segments_.empty()) {
        const auto next = segments_.rbegin()->second->next_offset();
        if (!next) {
            return std::unexpected(next.error());
        }
        log_end = *next;
    }
    if (log_end < checkpoint) {
        event::error(
            "the log ends below its start and begins anew",
            {{"folder", log_.directory_}, {"log_end", log_end.value}, {"log_start", checkpoint.value}}
        );
        for (const auto& [base, segment] : segments_) {
            if (auto removed = segment->remove(); !removed) {
                return removed;
            }
        }
        segments_.clear();
        log_.epochs_.clear();
        epochs_stand_ = false;
        log_end = checkpoint;
    }
    const bool found = !segments_.empty();
    if (!found) {
        auto segment = Segment::create(log_.files_, log_.directory_, checkpoint, log_.segment_options());
        if (!segment) {
            return std::unexpected(segment.error());
        }
        segments_.emplace(checkpoint, *std::move(segment));
    }
    const Offset log_start = std::max(checkpoint, segments_.begin()->first);
    log_.publish(std::make_shared<SegmentMap>(segments_));
    log_.publish_log_end(log_end);
    log_.publish_log_start(log_start);
    log_.recovery_point_ =
        log_.options_.clean_shutdown && found ? log_end : std::min(log_.options_.recovery_point, log_end);
    log_.last_flush_ = now_;
    log_.begin_active(now_);
    log_end_ = log_end;
    log_.epochs_.truncate_end(log_end);
    log_.epochs_.truncate_start(log_start);
    log_.epoch_unwritten_ = epochs_on_disk_ != log_.epochs_;
    return epochs_stand_ || !log_.epoch_unwritten_ ? Expected<void>() : log_.write_epochs(Log::Durability::synced);
}

Expected<void> LogLoader::tell_of_missing_segments() {
    if (log_.config_->cleanup_policy.compacts) {
        return {};
    }
    for (auto segment = segments_.begin(), next = std::next(segment); next != segments_.end(); segment = next++) {
        const auto end = segment->second->next_offset();
        if (!end && end.error().code == ErrorCode::kafka_storage_error) {
            return std::unexpected(end.error());
        }
        if (end && *end < next->first) {
            event::warn(
                "records are missing in a log",
                {{"folder", log_.directory_},
                 {"from", end->value},
                 {"to", next->first.value - 1},
                 {"so", "readers pass over them"},
                 {"do", "restore the segment's file from a copy; nothing, if the topic was compacted once"}}
            );
        }
    }
    return {};
}

Expected<void> LogLoader::load_producers() {
    ProducerSnapshots& snapshots = *log_.snapshots_;
    // Snapshots at neither the base of a segment nor the end are of segments that are gone.
    auto done = snapshots.remove_if([&](Offset each) { return each != log_end_ && !segments_.contains(each); });
    if (!done) {
        return done;
    }
    if (snapshots.empty() && log_.options_.clean_shutdown) {
        log_.producers_.clear(log_end_);
    } else if (done = snapshots.rebuild(log_.producers_, segments_, log_.log_start(), log_end_, now_); !done) {
        return done;
    }
    log_.producers_.set_end(log_end_);
    log_.publish_unstable();
    // So that the next start need not read so far; an empty log has nothing to tell.
    return recovered_ && log_end_.value > 0 ? snapshots.write(log_.producers_, true) : Expected<void>();
}

void LogLoader::report(const Segment& segment, std::int64_t done) {
    if (listener_) {
        listener_({segment.base_offset(), bytes_done_ + done, bytes_total_});
    }
}

}  // namespace barnabas
