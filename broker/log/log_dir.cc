#include "log/log_dir.h"

#include <fmt/format.h>

#include <cerrno>

#include "common/events.h"
#include "io/whole_file.h"
#include "log/clean_shutdown_text.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

constexpr std::size_t most_told = 100;

}  // namespace

LogDir::LogDir(FileSystem& files, std::string path, Uuid id)
    : files_(files),
      path_(std::move(path)),
      id_(id),
      recovery_points_(files, path_, recovery_points),
      log_starts_(files, path_, log_start_offsets),
      high_watermarks_(files, path_, high_watermarks) {}

std::string LogDir::why_offline() const {
    const std::lock_guard lock(reason_mutex_);
    return why_offline_;
}

void LogDir::take_offline(const std::string& why) {
    {
        const std::lock_guard lock(reason_mutex_);
        if (offline()) {
            return;
        }
        why_offline_ = why;
        offline_.store(true, std::memory_order_release);
    }
    event::error(
        "log directory offline",
        {{"directory", path_}, {"why", why}, {"do", "mend the disk and start the node again; other directories go on"}}
    );
}

void LogDir::probe(const std::string& failed_operation) {
    const std::lock_guard lock(mutex_);
    const std::string path = path_ + "/.barnabas-probe";
    auto written = replace_file(files_, path, as_bytes("probe"));
    if (written) {
        written = files_.remove(path);
    }
    const bool full = !written && (written.error().number == ENOSPC || written.error().number == EDQUOT);
    if (full) {
        (void)files_.remove(path + ".tmp");
    } else if (!written) {
        return take_offline(fmt::format("{}; and then {}", failed_operation, written.error().text()));
    }
    tell_refused(failed_operation);
}

void LogDir::tell_refused(const std::string& failed_operation) {
    if (told_.size() < most_told && told_.insert(failed_operation).second) {
        event::error(
            "log directory refused an operation",
            {{"directory", path_},
             {"why", failed_operation},
             {"so", "that partition answers KAFKA_STORAGE_ERROR to what it could not store; others go on"},
             {"do",
              "make room if the volume is full, and it goes on by itself: lower retention, delete topics or records"}}
        );
    }
}

Expected<LogDir::LastShutdown> LogDir::take_clean_shutdown_mark() {
    const std::string path = fmt::format("{}/{}", path_, clean_shutdown_file_name);
    const auto text = read_whole_file(files_, path);
    if (!text) {
        return storage_failure(text.error());
    }
    if (!*text) {
        return LastShutdown{};
    }
    auto removed = files_.remove(path);
    if (removed) {
        removed = files_.sync_directory(path_);
    }
    if (!removed) {
        return storage_failure(removed.error());
    }
    LastShutdown last{.clean = true, .broker_epoch = std::nullopt};
    if (const auto epoch = parse_clean_shutdown(as_text(**text))) {
        last.broker_epoch = *epoch;
    } else {
        event::warn("clean-shutdown mark has no broker epoch", {{"file", path}, {"why", epoch.error()}});
    }
    return last;
}

Expected<void> LogDir::put_clean_shutdown_mark(BrokerEpoch epoch) {
    const std::string path = fmt::format("{}/{}", path_, clean_shutdown_file_name);
    const auto written = replace_file(files_, path, as_bytes(clean_shutdown_text(epoch)));
    return written ? Expected<void>() : storage_failure(written.error());
}

Expected<LogDir::Offsets> LogDir::read_checkpoints() const {
    const std::lock_guard lock(mutex_);
    Offsets offsets;
    const std::pair<const CheckpointFile*, PartitionOffsets*> each[] = {
        {&recovery_points_, &offsets.recovery_points},
        {&log_starts_, &offsets.log_starts},
        {&high_watermarks_, &offsets.high_watermarks},
    };
    for (const auto& [file, into] : each) {
        auto read = file->read();
        if (!read) {
            return std::unexpected(std::move(read).error());
        }
        *into = *std::move(read);
    }
    return offsets;
}

void LogDir::keep_rows(const TopicPartition& partition, const Offsets& from) {
    const std::lock_guard lock(mutex_);
    const auto keep = [&](PartitionOffsets& into, const PartitionOffsets& source) {
        if (const auto row = source.find(partition); row != source.end()) {
            into.insert(*row);
        }
    };
    keep(kept_.recovery_points, from.recovery_points);
    keep(kept_.log_starts, from.log_starts);
    keep(kept_.high_watermarks, from.high_watermarks);
}

Expected<void> LogDir::write_recovery_points(const PartitionOffsets& offsets) {
    return write(recovery_points_, offsets, kept_.recovery_points);
}

Expected<void> LogDir::write_log_starts(const PartitionOffsets& offsets) {
    return write(log_starts_, offsets, kept_.log_starts);
}

Expected<void> LogDir::write_high_watermarks(const PartitionOffsets& offsets) {
    return write(high_watermarks_, offsets, kept_.high_watermarks);
}

Expected<void> LogDir::write(CheckpointFile& file, PartitionOffsets offsets, const PartitionOffsets& kept) {
    const std::lock_guard lock(mutex_);
    offsets.insert(kept.begin(), kept.end());
    auto written = file.write(offsets);
    if (written) {
        told_.clear();
    }
    return written;
}

}  // namespace barnabas
