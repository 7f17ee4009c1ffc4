#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "log/log.h"
#include "log/log_dir.h"

namespace barnabas {

/// What the cleaner knows of a log; guarded by the cleaner's mutex.
struct CleanerMark {
    std::optional<Offset> clean_end;  ///< below it each key stands once
    bool in_progress = false;
    bool uncleanable = false;
};

/// A partition's log, the mutex that guards it, and the directory that it lies in. Shared by whoever works on the
/// partition: the replica that appends and reads, retention, the cleaner, checkpoints.
struct HostedLog {
    HostedLog(std::shared_ptr<LogDir> directory, std::unique_ptr<Log> opened)
        : dir(std::move(directory)), log(std::move(opened)) {}

    std::mutex mutex;  ///< the partition's mutex; what `log` says of its functions applies
    /// Held around `log->flush()`, and while cleaned segments get their names; taken without `mutex`.
    std::mutex flush_mutex;
    const std::shared_ptr<LogDir> dir;
    const std::unique_ptr<Log> log;
    /// Set under the mutex when the partition left this node: upkeep and cleaning keep off from then on.
    std::atomic<bool> removed = false;
    CleanerMark cleaner;
};

using HostedLogs = std::map<TopicPartition, std::shared_ptr<HostedLog>>;

}  // namespace barnabas
