#pragma once

#include <functional>

#include "common/random.h"
#include "io/run_all.h"
#include "log/log_dirs.h"

namespace barnabas {

/// Opens all logs of a node at its start: tells partitions' folders from others, recovers after a crash, and says how
/// far it is. A log that cannot be opened is told and answers errors; the others go on.
class LogLoading {
public:
    /// Takes the clean-shutdown marks off the directories. `clock` is asked on the loading threads.
    LogLoading(LogDirs& dirs, FileSystem& files, const Clock& clock);

    /// The broker epoch of the last run when all directories tell the same, else -1 (KIP-966). For the registration.
    [[nodiscard]] BrokerEpoch previous_broker_epoch() const;

    /// What the metadata image knows. Both are called on the loading threads.
    struct Sources {
        std::function<std::shared_ptr<const TopicConfig>(const std::string& topic)> config_of;
        /// Whether this node should not have the partition. Without a topic id the folder was made, but nothing was
        /// ever appended.
        std::function<bool(const TopicPartition& partition, const std::optional<TopicId>& topic)> is_stray;
    };

    /// Loads everything, `num.recovery.threads.per.data.dir` logs of a directory at once. Returns when all are done.
    void run(const Sources& sources, const RunAll& run_all);

private:
    struct Directory {
        std::shared_ptr<LogDir> dir;
        LogDir::LastShutdown last;
        LogDir::Offsets offsets;
    };
    using Jobs = std::vector<std::function<void()>>;

    [[nodiscard]] Jobs jobs_of(Directory& directory, const Sources& sources);
    [[nodiscard]] bool set_aside_if_stray(
        const Directory& directory, const std::string& name, const TopicPartition& partition, const Sources& sources
    );
    void load(const Directory& directory, const TopicPartition& partition, const Sources& sources);
    void refuse(const Directory& directory, const TopicPartition& partition, const Error& error);

    void progressed(const TopicPartition& partition, const RecoveryProgress& progress);
    void finished(const TopicPartition& partition);
    void tell_now_and_then();

    LogDirs& dirs_;
    FileSystem& files_;
    const Clock& clock_;
    std::shared_ptr<const Config> config_;
    std::vector<Directory> directories_;

    std::mutex mutex_;  ///< guards what follows
    std::size_t all_ = 0;
    std::size_t done_ = 0;
    std::size_t recovered_ = 0;
    std::map<TopicPartition, std::int64_t> bytes_left_;  ///< of the logs that are recovering
    Instant told_;
    Random random_;
};

}  // namespace barnabas
