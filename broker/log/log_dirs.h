#pragma once

#include <array>
#include <functional>
#include <set>
#include <vector>

#include "common/random.h"
#include "config/config.h"
#include "log/hosted_log.h"
#include "log/partition_dir.h"

namespace barnabas {

/// All logs of a node, in all of its log directories: finds, creates and removes them.
///
/// Thread-safe. Its own mutex is held for moments. Logs may be created and removed beside each other; of one partition
/// it is done by one thread at a time. Loading is in log_loading.h, what must be done from time to time in
/// log_upkeep.h, compaction in cleaner.h.
class LogDirs {
public:
    struct Options {
        FileSystem& files;
        std::shared_ptr<const Config> config;
        std::uint64_t seed;  ///< of folders' unique names and the logs' jitter
    };

    /// `dirs` in the order of `log.dirs`.
    LogDirs(Options options, std::vector<std::shared_ptr<LogDir>> dirs);

    /// Nothing when this node has no log of the partition. Errors: kafka_storage_error when its directory is offline,
    /// or the log could not be opened, with the reason.
    [[nodiscard]] Expected<std::shared_ptr<HostedLog>> find(const TopicPartition& partition) const;

    /// What a new log is made of.
    struct NewLog {
        TopicPartition partition;
        TopicId topic;
        std::shared_ptr<const TopicConfig> config;
        std::optional<Uuid> directory{
        };  ///< where the controller wants it; without, the one with the fewest partitions
        bool new_partition = false;  ///< nobody has appended to it yet
    };
    /// The partition's log, made when there is none. The next directory is tried when one refuses. A partition that is
    /// not new is not made while a directory is offline: its log may lie there.
    /// Errors: kafka_storage_error, inconsistent_topic_id.
    Expected<std::shared_ptr<HostedLog>> find_or_create(const NewLog& wanted, Timestamp now);

    /// The partition left this node: its folder is renamed ("-delete"), and `LogUpkeep` removes it after
    /// `file.delete.delay.ms`. That it is not here is no error.
    Expected<void> remove(const TopicPartition& partition, Instant now);
    /// The same with "-stray": the folder is kept for a person to look at.
    Expected<void> set_aside(const TopicPartition& partition);

    /// The topic's logs follow this configuration from now on.
    void set_topic_config(const std::string& topic, const std::shared_ptr<const TopicConfig>& config);
    void set_config(std::shared_ptr<const Config> config);
    [[nodiscard]] std::shared_ptr<const Config> config() const;

    /// The logs that can be used.
    [[nodiscard]] HostedLogs logs() const;
    [[nodiscard]] const std::vector<std::shared_ptr<LogDir>>& dirs() const { return dirs_; }
    /// False when every directory is offline: the node must stop.
    [[nodiscard]] bool usable() const;

    /// For DescribeLogDirs: the partitions of a directory with their size in bytes. What the volume has in all and left
    /// over, io/volume.h tells.
    struct PartitionSize {
        TopicPartition partition;
        std::int64_t bytes = 0;
    };
    [[nodiscard]] std::vector<PartitionSize> sizes(const LogDir& dir) const;

    /// A disk refused something that concerns this log. Takes its directory offline when that cannot be used any more.
    void storage_failed(const HostedLog& hosted, const Error& error);

    /// A log that was found at the start. False, and nothing done, when the partition has one already.
    bool adopt(const std::shared_ptr<HostedLog>& hosted);
    /// The partition's folder could not be opened at the start: it answers with this error.
    void adopt_broken(const TopicPartition& partition, const Error& error);

    /// A folder found at the start that only waits for its removal.
    void adopt_leaving(std::string directory);

    /// What may be removed from the disk: a log of a partition that left, or a folder without one.
    struct Leaving {
        std::shared_ptr<HostedLog> hosted;
        std::string directory;
    };
    [[nodiscard]] std::vector<Leaving> take_leaving(Instant now);
    [[nodiscard]] std::optional<Instant> next_leaving() const;

private:
    [[nodiscard]] std::vector<std::shared_ptr<LogDir>> candidates(std::optional<Uuid> directory) const;
    Expected<std::shared_ptr<HostedLog>> create_in(
        const std::shared_ptr<LogDir>& dir, const NewLog& wanted, Timestamp now
    );
    Expected<std::shared_ptr<HostedLog>> open_new(
        const std::shared_ptr<LogDir>& dir, const NewLog& wanted, Timestamp now
    );
    [[nodiscard]] std::mutex& turn_of(const TopicPartition& partition);
    Expected<std::shared_ptr<HostedLog>> take_out(const TopicPartition& partition, PartitionDir::Kind kind);
    [[nodiscard]] Expected<std::shared_ptr<HostedLog>> find_locked(const TopicPartition& partition) const;

    FileSystem& files_;
    const std::vector<std::shared_ptr<LogDir>> dirs_;
    std::array<std::mutex, 64> turns_;  ///< the partition's is held while its log is made or removed, over I/O
    mutable std::mutex mutex_;          ///< guards what follows
    std::shared_ptr<const Config> config_;
    Random random_;
    HostedLogs current_;
    std::map<const LogDir*, std::size_t> counts_;  ///< logs in a directory, with those that are being made
    std::map<TopicPartition, Error> broken_;
    std::multimap<Instant, Leaving> leaving_;  ///< by when they are due
};

}  // namespace barnabas
