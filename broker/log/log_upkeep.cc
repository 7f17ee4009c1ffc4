#include "log/log_upkeep.h"

#include <algorithm>

#include "common/events.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

/// Only DeleteRecords and its like put the start of a log into the middle of a segment.
std::optional<Offset> moved_log_start(const Log& log) {
    const auto segments = log.segments();
    const Offset start = log.log_start();
    return segments->empty() || start > segments->begin()->first ? std::optional(start) : std::nullopt;
}

}  // namespace

LogUpkeep::LogUpkeep(LogDirs& dirs, FileSystem& files, Instant now)
    : dirs_(dirs),
      files_(files),
      tasks_{{
          {[](const Config& c) -> milliseconds { return c.log_retention_check_interval_ms; },
           &LogUpkeep::delete_old_segments,
           {}},
          {[](const Config& c) -> milliseconds { return c.log_flush_scheduler_interval_ms; }, &LogUpkeep::flush_due, {}
          },
          {[](const Config& c) -> milliseconds { return c.log_flush_offset_checkpoint_interval_ms; },
           &LogUpkeep::checkpoint_recovery_points,
           {}},
          {[](const Config& c) -> milliseconds { return c.log_flush_start_offset_checkpoint_interval_ms; },
           &LogUpkeep::checkpoint_log_starts,
           {}},
          {[](const Config& c) -> milliseconds { return c.replica_high_watermark_checkpoint_interval_ms; },
           &LogUpkeep::checkpoint_high_watermarks,
           {}},
          {[](const Config& c) -> milliseconds { return c.producer_id_expiration_check_interval_ms; },
           &LogUpkeep::expire_producers,
           {}},
          {[](const Config&) -> milliseconds { return std::chrono::minutes(1); }, &LogUpkeep::rest_idle_logs, {}},
      }} {
    const auto config = dirs_.config();
    for (Task& task : tasks_) {
        task.due = later(now, std::min(task.interval(*config), config->log_initial_task_delay_ms));
    }
}

void LogUpkeep::run_due(Instant now, Timestamp time) {
    const auto config = dirs_.config();
    for (Task& task : tasks_) {
        {
            const std::lock_guard lock(mutex_);
            if (task.due > now) {
                continue;
            }
            task.due = later(now, task.interval(*config));
        }
        (this->*task.run)(now, time);
    }
    remove_retired_files(now);
    remove_leaving(now);
}

Instant LogUpkeep::next_deadline() const {
    const std::lock_guard lock(mutex_);
    Instant next = std::ranges::min_element(tasks_, {}, &Task::due)->due;
    if (!retired_.empty()) {
        next = std::min(next, retired_.begin()->first);
    }
    return std::min(next, dirs_.next_leaving().value_or(next));
}

void LogUpkeep::retire(RetiredFiles files, milliseconds delay, Instant now) {
    if (!files.paths.empty()) {
        const std::lock_guard lock(mutex_);
        retired_.emplace(later(now, delay), std::move(files));
    }
}

void LogUpkeep::delete_old_segments(Instant now, Timestamp time) {
    for (const auto& [partition, hosted] : dirs_.logs()) {
        std::unique_lock lock(hosted->mutex);
        if (hosted->removed) {
            continue;
        }
        const auto leaving = hosted->log->take_old_segments(time);
        const milliseconds delay = hosted->log->config().file_delete_delay_ms;
        lock.unlock();
        if (leaving && leaving->empty()) {
            continue;
        }
        auto retired = leaving ? barnabas::retire(files_, *leaving) : std::unexpected(leaving.error());
        if (retired) {
            event::info(
                "old segments deleted",
                {{"partition", partition.text()}, {"segments", retired->segments}, {"bytes", retired->bytes}}
            );
            retire(*std::move(retired), delay, now);
        } else if (!hosted->removed) {
            dirs_.storage_failed(*hosted, retired.error());
        }
    }
}

void LogUpkeep::flush_due(Instant, Timestamp time) {
    for (const auto& [partition, hosted] : dirs_.logs()) {
        std::unique_lock lock(hosted->mutex);
        const bool due = !hosted->removed && hosted->log->flush_due(time);
        lock.unlock();
        if (due) {
            flush(*hosted, hosted->log->log_end(), time);
        }
    }
}

void LogUpkeep::flush(HostedLog& hosted, Offset up_to, Timestamp time) {
    const std::lock_guard flushing(hosted.flush_mutex);
    if (const auto flushed = hosted.log->flush(up_to, time); !flushed && !hosted.removed) {
        event::error("flush failed", {{"partition", hosted.log->partition().text()}, {"why", flushed.error().detail}});
        dirs_.storage_failed(hosted, flushed.error());
    }
}

void LogUpkeep::flush_rolled(HostedLog& hosted, Offset up_to, Timestamp time) {
    if (!hosted.removed && hosted.log->recovery_point() < up_to) {
        flush(hosted, up_to, time);
    }
}

void LogUpkeep::checkpoint_recovery_points(Instant, Timestamp time) {
    // Most was flushed soon after it was rolled; not what a full queue left over.
    for (const auto& [partition, hosted] : dirs_.logs()) {
        flush_rolled(*hosted, hosted->log->segments()->rbegin()->first, time);
    }
    write_checkpoint(&LogDir::write_recovery_points, &Log::recovery_point);
}

void LogUpkeep::checkpoint_log_starts(Instant, Timestamp) {
    write_checkpoint(&LogDir::write_log_starts, moved_log_start);
}

void LogUpkeep::checkpoint_high_watermarks(Instant, Timestamp) {
    write_checkpoint(&LogDir::write_high_watermarks, &Log::high_watermark);
}

void LogUpkeep::write_checkpoint(
    Expected<void> (LogDir::*write)(const PartitionOffsets&),
    const std::function<std::optional<Offset>(const Log&)>& row
) {
    std::map<LogDir*, PartitionOffsets> rows;
    for (const auto& dir : dirs_.dirs()) {
        if (!dir->offline() && dir->loaded()) {
            rows.try_emplace(dir.get());
        }
    }
    for (const auto& [partition, hosted] : dirs_.logs()) {
        const auto offset = row(*hosted->log);
        if (const auto of_dir = rows.find(hosted->dir.get()); offset && of_dir != rows.end()) {
            of_dir->second[partition] = *offset;
        }
    }
    for (const auto& [dir, offsets] : rows) {
        if (const auto written = (dir->*write)(offsets); !written) {
            event::warn(
                "checkpoint not written", {{"directory", dir->path()},
                                           {"why", written.error().detail},
                                           {"do", "nothing while it is rare: it is tried again"}}
            );
            dir->probe(written.error().detail);
        }
    }
}

void LogUpkeep::expire_producers(Instant, Timestamp time) {
    for (const auto& [partition, hosted] : dirs_.logs()) {
        const std::lock_guard lock(hosted->mutex);
        hosted->log->expire_producers(time);
    }
}

void LogUpkeep::rest_idle_logs(Instant, Timestamp) {
    for (const auto& [partition, hosted] : dirs_.logs()) {
        const std::lock_guard lock(hosted->mutex);
        if (!hosted->removed) {
            hosted->log->rest_if_idle();
        }
    }
}

void LogUpkeep::remove_retired_files(Instant now) {
    std::vector<RetiredFiles> due;
    {
        const std::lock_guard lock(mutex_);
        while (!retired_.empty() && retired_.begin()->first <= now) {
            due.push_back(std::move(retired_.begin()->second));
            retired_.erase(retired_.begin());
        }
    }
    for (const RetiredFiles& files : due) {
        if (const auto removed = remove_retired(files_, files); !removed) {
            event::warn("files not removed", {{"why", removed.error().detail}, {"do", "the next start tries again"}});
        }
    }
}

void LogUpkeep::remove_leaving(Instant now) {
    for (const auto& [hosted, directory] : dirs_.take_leaving(now)) {
        Expected<void> removed;
        if (hosted) {
            const std::scoped_lock lock(hosted->flush_mutex, hosted->mutex);
            removed = hosted->log->remove();
        } else if (auto gone = files_.remove_tree(directory); !gone) {
            removed = storage_failure(gone.error());
        }
        if (removed) {
            event::info("partition removed from the disk", {{"folder", directory}});
        } else {
            event::warn(
                "partition not removed from the disk",
                {{"why", removed.error().detail}, {"do", "the next start tries again"}}
            );
        }
    }
}

void LogUpkeep::close(BrokerEpoch epoch, Timestamp time, const RunAll& run_all) {
    std::map<const LogDir*, std::atomic<bool>> whole;
    for (const auto& dir : dirs_.dirs()) {
        whole[dir.get()] = dir->loaded() && !dir->offline();
    }
    std::vector<std::function<void()>> jobs;
    const HostedLogs logs = dirs_.logs();
    for (const auto& [partition, hosted] : logs) {
        jobs.emplace_back([this, &hosted, &whole, time] {
            if (!close_log(*hosted, time)) {
                whole[hosted->dir.get()] = false;
            }
        });
    }
    run_all(jobs, dirs_.dirs().size() * static_cast<std::size_t>(dirs_.config()->num_recovery_threads_per_data_dir));
    write_checkpoint(&LogDir::write_recovery_points, &Log::recovery_point);
    checkpoint_log_starts({}, time);
    checkpoint_high_watermarks({}, time);
    for (const auto& dir : dirs_.dirs()) {
        if (!whole[dir.get()] || dir->offline()) {
            event::warn(
                "directory is not marked as cleanly shut down",
                {{"directory", dir->path()}, {"so", "the next start recovers it"}}
            );
        } else if (const auto marked = dir->put_clean_shutdown_mark(epoch); !marked) {
            event::warn(
                "clean-shutdown mark not written", {{"directory", dir->path()}, {"why", marked.error().detail}}
            );
        }
    }
}

bool LogUpkeep::close_log(HostedLog& hosted, Timestamp time) {
    const std::scoped_lock lock(hosted.flush_mutex, hosted.mutex);
    auto closed = hosted.log->flush(hosted.log->log_end(), time);
    if (closed) {
        closed = hosted.log->close();
    }
    if (!closed) {
        event::error("log not closed", {{"partition", hosted.log->partition().text()}, {"why", closed.error().detail}});
    }
    return closed.has_value();
}

}  // namespace barnabas
