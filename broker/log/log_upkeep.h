#pragma once

#include <array>

#include "io/run_all.h"
#include "log/log_dirs.h"

namespace barnabas {

/// What must be done to a node's logs from time to time, as `log.retention.check.interval.ms` and its kin say:
/// retention, flushes, checkpoints, forgetting producers, and removing files some time after they left their log.
///
/// Has no thread and no timer: whoever drives it calls `run_due()` on a thread that may block, not before
/// `next_deadline()`. One call of `run_due()` or `close()` at a time; the rest is thread-safe.
class LogUpkeep {
public:
    LogUpkeep(LogDirs& dirs, FileSystem& files, Instant now);

    /// Does everything that is due.
    void run_due(Instant now, Timestamp time);
    /// When there is something to do again. A change of the configuration takes effect after that.
    [[nodiscard]] Instant next_deadline() const;

    /// Flushes the segments below `up_to`, none of which takes appends: so a crash costs the check of the others alone.
    /// Any thread that may block.
    void flush_rolled(HostedLog& hosted, Offset up_to, Timestamp time);

    /// Removes the files after `delay` (the topic's `file.delete.delay.ms`).
    void retire(RetiredFiles files, std::chrono::milliseconds delay, Instant now);

    /// Before the node ends: flushes and closes every log, writes the checkpoints, and puts the clean-shutdown mark in
    /// each directory where nothing failed and loading had finished. The logs must not be used afterwards.
    void close(BrokerEpoch epoch, Timestamp time, const RunAll& run_all);

private:
    struct Task {
        std::chrono::milliseconds (*interval)(const Config& config);
        void (LogUpkeep::*run)(Instant now, Timestamp time);
        Instant due;
    };

    void delete_old_segments(Instant now, Timestamp time);
    void flush_due(Instant now, Timestamp time);
    void checkpoint_recovery_points(Instant now, Timestamp time);
    void checkpoint_log_starts(Instant now, Timestamp time);
    void checkpoint_high_watermarks(Instant now, Timestamp time);
    void expire_producers(Instant now, Timestamp time);
    void rest_idle_logs(Instant now, Timestamp time);
    void remove_retired_files(Instant now);
    void remove_leaving(Instant now);

    void flush(HostedLog& hosted, Offset up_to, Timestamp time);
    bool close_log(HostedLog& hosted, Timestamp time);
    void write_checkpoint(
        Expected<void> (LogDir::*write)(const PartitionOffsets&),
        const std::function<std::optional<Offset>(const Log&)>& row
    );

    LogDirs& dirs_;
    FileSystem& files_;
    std::array<Task, 7> tasks_;
    mutable std::mutex mutex_;  ///< guards `retired_`, and the deadlines of `tasks_`
    std::multimap<Instant, RetiredFiles> retired_;
};

}  // namespace barnabas
