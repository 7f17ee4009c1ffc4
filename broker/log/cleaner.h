#pragma once

#include "common/random.h"
#include "log/log_compaction.h"
#include "log/log_dirs.h"
#include "log/log_upkeep.h"

namespace barnabas {

/// The log cleaner: compacts the logs of topics with `cleanup.policy` "compact", the filthiest first, at most
/// `log.cleaner.threads` of them at once, in small pieces and within `log.cleaner.io.max.bytes.per.second`.
///
/// Has no thread and no timer: threads that may block call `run_due()`, several at once if there are to be several
/// cleanings at once, not before `next_deadline()`. Thread-safe. Configuration is read when a cleaning begins.
class Cleaner {
public:
    /// After the logs were loaded.
    Cleaner(LogDirs& dirs, LogUpkeep& upkeep, FileSystem& files, std::uint64_t seed, Instant now);

    /// Does one piece of work, of about `log.cleaner.io.buffer.size` bytes, if one is due.
    void run_due(Instant now, Timestamp time);
    [[nodiscard]] Instant next_deadline() const;

    /// Partitions that cannot be cleaned until the next start, as their events told.
    [[nodiscard]] std::vector<TopicPartition> uncleanable() const;

private:
    struct Cleaning {
        std::unique_ptr<LogCompaction> compaction;
        Instant began;
    };
    struct Candidate {
        std::shared_ptr<HostedLog> hosted;
        CleaningRange range;
    };

    void read_checkpoints();
    [[nodiscard]] std::optional<Cleaning> next_piece(Instant now, Timestamp time);
    [[nodiscard]] std::optional<Cleaning> choose(Instant now, Timestamp time);
    [[nodiscard]] std::vector<Candidate> candidates(Timestamp time);
    [[nodiscard]] Expected<std::optional<CleaningRange>> range_of(HostedLog& hosted, Timestamp time) const;
    void tell_of_invalid_checkpoint(HostedLog& hosted, const CleaningRange& range);

    void work_on(Cleaning cleaning, Instant now);
    void finish(const Cleaning& cleaning, Instant now);
    void give_up(const Cleaning& cleaning, const Error& error, Instant now);
    void charge(std::int64_t bytes, Instant now);
    void write_checkpoint(LogDir& dir);

    LogDirs& dirs_;
    LogUpkeep& upkeep_;
    FileSystem& files_;

    mutable std::mutex mutex_;  ///< guards what follows; held over I/O only for the checkpoints
    Random random_;
    std::map<const LogDir*, CheckpointFile> checkpoints_;
    std::vector<Cleaning> waiting_;  ///< for their next piece
    std::int32_t in_progress_ = 0;
    bool choosing_ = false;
    Instant next_choice_;
    Instant throttled_until_;
};

}  // namespace barnabas
