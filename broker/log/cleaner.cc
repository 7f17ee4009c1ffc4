#include "log/cleaner.h"

#include <algorithm>
#include <cmath>

#include "common/events.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;
using CleaningOutcome = LogCompaction::Outcome;

constexpr milliseconds unlimited = milliseconds::max();

/// The options of a cleaning of `range`: memory is taken for no more keys than it can have.
LogCompaction::Options compaction_options(const Config& config, const CleaningRange& range, Random& random) {
    const double load = std::clamp(config.log_cleaner_io_buffer_load_factor, 0.1, 1.0);
    const auto memory = config.log_cleaner_dedupe_buffer_size / std::max(config.log_cleaner_threads, 1);
    const auto bound = OffsetMap::keys_in(static_cast<std::size_t>(std::max<std::int64_t>(memory, 0)), load);
    const auto offsets =
        static_cast<std::size_t>(std::max<std::int64_t>(range.first_uncleanable - range.first_dirty, 1));
    return {
        .most_keys = std::clamp<std::size_t>(offsets, 1, std::max<std::size_t>(bound, 1)),
        .load_factor = load,
        .step_bytes = std::max(config.log_cleaner_io_buffer_size, 1),
        .secret = {random.next(), random.next()},
    };
}

}  // namespace

Cleaner::Cleaner(LogDirs& dirs, LogUpkeep& upkeep, FileSystem& files, std::uint64_t seed, Instant now)
    : dirs_(dirs), upkeep_(upkeep), files_(files), random_(seed), next_choice_(now), throttled_until_(now) {
    read_checkpoints();
}

void Cleaner::read_checkpoints() {
    const HostedLogs logs = dirs_.logs();
    for (const auto& dir : dirs_.dirs()) {
        const auto& file = checkpoints_.try_emplace(dir.get(), files_, dir->path(), cleaner_offsets).first->second;
        const auto offsets = dir->offline() ? Expected<PartitionOffsets>(PartitionOffsets()) : file.read();
        if (!offsets) {
            dir->probe(offsets.error().detail);
            continue;
        }
        for (const auto& [partition, end] : *offsets) {
            const auto hosted = logs.find(partition);
            if (hosted != logs.end() && hosted->second->dir == dir) {
                // Recovery may have cut the log; what comes then is dirty.
                hosted->second->cleaner.clean_end = std::min(end, hosted->second->log->log_end());
            }
        }
    }
}

void Cleaner::run_due(Instant now, Timestamp time) {
    if (auto cleaning = next_piece(now, time)) {
        work_on(*std::move(cleaning), now);
    }
}

Instant Cleaner::next_deadline() const {
    const auto config = dirs_.config();
    const std::lock_guard lock(mutex_);
    Instant next = Instant::max();
    if (!waiting_.empty()) {
        next = throttled_until_;
    }
    if (config->log_cleaner_enable && in_progress_ < config->log_cleaner_threads && !choosing_) {
        next = std::min(next, std::max(next_choice_, throttled_until_));
    }
    return next;
}

std::optional<Cleaner::Cleaning> Cleaner::next_piece(Instant now, Timestamp time) {
    const auto config = dirs_.config();
    {
        const std::lock_guard lock(mutex_);
        if (now < throttled_until_) {
            return std::nullopt;
        }
        if (!waiting_.empty()) {
            auto cleaning = std::move(waiting_.front());
            waiting_.erase(waiting_.begin());
            return cleaning;
        }
        if (!config->log_cleaner_enable || choosing_ || now < next_choice_ ||
            in_progress_ >= config->log_cleaner_threads) {
            return std::nullopt;
        }
        choosing_ = true;
    }
    auto chosen = choose(now, time);
    const std::lock_guard lock(mutex_);
    choosing_ = false;
    if (!chosen) {
        next_choice_ = later(now, config->log_cleaner_backoff_ms);
    }
    return chosen;
}

std::optional<Cleaner::Cleaning> Cleaner::choose(Instant now, Timestamp time) {
    for (const auto& dir : dirs_.dirs()) {
        // Partitions may have left: their rows must not be taken for those of a topic that is created again.
        const std::lock_guard lock(mutex_);
        write_checkpoint(*dir);
    }
    const std::vector<Candidate> all = candidates(time);
    std::vector<CleaningRange> ranges;
    std::ranges::transform(all, std::back_inserter(ranges), &Candidate::range);
    const auto worst = filthiest(ranges);
    if (!worst) {
        return std::nullopt;
    }
    const auto& [hosted, range] = all[*worst];
    const std::lock_guard lock(mutex_);
    const LogCompaction::Options options = compaction_options(*dirs_.config(), range, random_);
    ++in_progress_;
    hosted->cleaner.in_progress = true;
    return Cleaning{std::make_unique<LogCompaction>(files_, hosted, range, options, time), now};
}

std::vector<Cleaner::Candidate> Cleaner::candidates(Timestamp time) {
    std::vector<Candidate> all;
    for (const auto& [partition, hosted] : dirs_.logs()) {
        {
            const std::lock_guard lock(mutex_);
            if (hosted->cleaner.in_progress || hosted->cleaner.uncleanable) {
                continue;
            }
        }
        const auto range = range_of(*hosted, time);
        if (!range) {
            dirs_.storage_failed(*hosted, range.error());
        } else if (*range) {
            tell_of_invalid_checkpoint(*hosted, **range);
            all.push_back({hosted, **range});
        }
    }
    return all;
}

Expected<std::optional<CleaningRange>> Cleaner::range_of(HostedLog& hosted, Timestamp time) const {
    CleanerLog facts;
    bool by_age = false;
    std::optional<Offset> cut;
    {
        const std::lock_guard lock(hosted.mutex);
        const TopicConfig& config = hosted.log->config();
        if (hosted.removed || !config.cleanup_policy.compacts) {
            return std::nullopt;
        }
        cut = hosted.log->take_cut();
        facts.min_dirty_ratio = config.min_cleanable_dirty_ratio;
        facts.min_compaction_lag = config.min_compaction_lag_ms;
        by_age = config.max_compaction_lag_ms != unlimited;
        facts.max_compaction_lag = by_age ? std::optional<milliseconds>(config.max_compaction_lag_ms) : std::nullopt;
    }
    // The start first and the end last, so that what lies between is not beyond them, whatever is appended meanwhile.
    facts.log_start = hosted.log->log_start();
    const auto segments = hosted.log->segments();
    facts.last_stable = hosted.log->last_stable_offset();
    facts.log_end = hosted.log->log_end();
    for (const auto& [base, segment] : *segments) {
        facts.segments.push_back(cleaner_segment(*segment));
        if (by_age) {
            const auto first = segment->first_timestamp();
            if (!first) {
                return std::unexpected(first.error());
            }
            facts.segments.back().first_timestamp = first->value_or(no_timestamp);
        }
    }
    const std::lock_guard lock(mutex_);
    auto& clean_end = hosted.cleaner.clean_end;
    if (cut && clean_end > cut) {
        clean_end = cut;  // what stands above was written since, and is dirty
    }
    facts.checkpoint = clean_end;
    return cleaning_range(facts, time);
}

void Cleaner::tell_of_invalid_checkpoint(HostedLog& hosted, const CleaningRange& range) {
    if (!range.checkpoint_invalid) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const Offset cleaned_to = hosted.cleaner.clean_end.value_or(range.first_dirty);
    // Below the start, it merely is behind what retention or DeleteRecords removed.
    if (cleaned_to > range.first_dirty) {
        event::warn(
            "cleaner starts a log over: it is shorter than what was cleaned",
            {{"partition", hosted.log->partition().text()},
             {"cleaned_to", cleaned_to.value},
             {"log_end", hosted.log->log_end().value}}
        );
    }
    hosted.cleaner.clean_end = range.first_dirty;
}

void Cleaner::work_on(Cleaning cleaning, Instant now) {
    LogCompaction& compaction = *cleaning.compaction;
    const auto step = compaction.step();
    for (RetiredFiles& files : compaction.take_retired()) {
        upkeep_.retire(std::move(files), compaction.config().file_delete_delay_ms, now);
    }
    charge(step ? step->bytes : 0, now);
    if (step && step->outcome == CleaningOutcome::more) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(cleaning));
        return;
    }
    if (!step) {
        give_up(cleaning, step.error(), now);
    } else if (step->outcome == CleaningOutcome::done) {
        finish(cleaning, now);
    }
    const std::lock_guard lock(mutex_);
    compaction.hosted()->cleaner.in_progress = false;
    --in_progress_;
}

void Cleaner::finish(const Cleaning& cleaning, Instant now) {
    const LogCompaction& compaction = *cleaning.compaction;
    HostedLog& hosted = *compaction.hosted();
    const auto& sums = compaction.sums();
    event::info(
        "log cleaned", {{"partition", hosted.log->partition().text()},
                        {"from", compaction.range().first_dirty.value},
                        {"to", compaction.clean_end().value},
                        {"records_before", sums.records_before},
                        {"records_after", sums.records_after},
                        {"bytes_before", sums.bytes_before},
                        {"bytes_after", sums.bytes_after},
                        {"ms", std::chrono::duration_cast<milliseconds>(now - cleaning.began).count()}}
    );
    const std::lock_guard lock(mutex_);
    hosted.cleaner.clean_end = compaction.clean_end();
    write_checkpoint(*hosted.dir);
}

void Cleaner::give_up(const Cleaning& cleaning, const Error& error, Instant now) {
    HostedLog& hosted = *cleaning.compaction->hosted();
    const bool of_the_disk = error.code == ErrorCode::kafka_storage_error;
    {
        const std::lock_guard lock(mutex_);
        hosted.cleaner.uncleanable = !of_the_disk;
        if (of_the_disk) {
            next_choice_ = later(now, dirs_.config()->log_cleaner_backoff_ms);
        }
    }
    if (hosted.removed) {
        return;
    }
    event::error(
        of_the_disk ? "cleaning failed" : "partition cannot be cleaned",
        {{"partition", hosted.log->partition().text()},
         {"directory", hosted.log->directory()},
         {"why", error.detail},
         {"so", of_the_disk ? "it is tried again" : "it grows until the next start; compare the replica with another"}}
    );
    if (of_the_disk) {
        dirs_.storage_failed(hosted, error);
    }
}

void Cleaner::charge(std::int64_t bytes, Instant now) {
    const double rate = dirs_.config()->log_cleaner_io_max_bytes_per_second;
    constexpr double longest_seconds = 3600;  // a rate near 0 must not overflow
    const double seconds = rate > 0 ? std::min(static_cast<double>(bytes) / rate, longest_seconds) : longest_seconds;
    const std::lock_guard lock(mutex_);
    throttled_until_ = std::max(throttled_until_, now) +
                       std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(seconds));
}

void Cleaner::write_checkpoint(LogDir& dir) {
    if (dir.offline()) {
        return;
    }
    PartitionOffsets rows;
    for (const auto& [partition, hosted] : dirs_.logs()) {
        if (hosted->dir.get() == &dir && hosted->cleaner.clean_end) {
            rows[partition] = *hosted->cleaner.clean_end;
        }
    }
    if (const auto written = checkpoints_.at(&dir).write(rows); !written) {
        event::warn("cleaner checkpoint not written", {{"directory", dir.path()}, {"why", written.error().detail}});
        dir.probe(written.error().detail);
    }
}

std::vector<TopicPartition> Cleaner::uncleanable() const {
    std::vector<TopicPartition> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, hosted] : dirs_.logs()) {
        if (hosted->cleaner.uncleanable) {
            all.push_back(partition);
        }
    }
    return all;
}

}  // namespace barnabas
