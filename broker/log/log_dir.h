#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "io/file.h"
#include "log/checkpoint_file.h"

namespace barnabas {

/// One of `log.dirs`: a folder with a folder for each partition, and files that concern all of them. Thread-safe.
class LogDir {
public:
    LogDir(FileSystem& files, std::string path, Uuid id);

    [[nodiscard]] const std::string& path() const { return path_; }
    /// `directory.id` of its `meta.properties`; how the controller names it (KIP-858).
    [[nodiscard]] const Uuid& id() const { return id_; }

    /// Nothing while it can be used; otherwise why not. An offline directory comes back with the next start only.
    [[nodiscard]] bool offline() const { return offline_.load(std::memory_order_acquire); }
    [[nodiscard]] std::string why_offline() const;
    /// From now on its partitions answer KAFKA_STORAGE_ERROR. The first reason counts, and is told in an event.
    void take_offline(const std::string& why);

    /// Whether files in it can still be created, written and flushed, after an operation on it failed: when not, it
    /// goes offline. A full disk does not count: what is there can be read, and room may come back. What was refused is
    /// told, the same again only after something was written.
    void probe(const std::string& failed_operation);

    /// How the last run left it, read from the clean-shutdown mark, which is taken off: a crash from now on is one.
    struct LastShutdown {
        bool clean = false;
        std::optional<BrokerEpoch> broker_epoch;
    };
    Expected<LastShutdown> take_clean_shutdown_mark();
    /// Only when every log in it was recovered, flushed and closed, and the checkpoints are written.
    Expected<void> put_clean_shutdown_mark(BrokerEpoch epoch);

    /// Every log in it was opened, or found broken. Before, no shutdown is a clean one.
    void set_loaded() { loaded_ = true; }
    [[nodiscard]] bool loaded() const { return loaded_; }

    struct Offsets {
        PartitionOffsets recovery_points;
        PartitionOffsets log_starts;
        PartitionOffsets high_watermarks;
    };
    [[nodiscard]] Expected<Offsets> read_checkpoints() const;
    /// A partition whose log could not be opened: its rows stay in the checkpoints as they were.
    void keep_rows(const TopicPartition& partition, const Offsets& from);
    Expected<void> write_recovery_points(const PartitionOffsets& offsets);
    Expected<void> write_log_starts(const PartitionOffsets& offsets);
    Expected<void> write_high_watermarks(const PartitionOffsets& offsets);

private:
    void tell_refused(const std::string& failed_operation);
    Expected<void> write(CheckpointFile& file, PartitionOffsets offsets, const PartitionOffsets& kept);

    FileSystem& files_;
    const std::string path_;
    const Uuid id_;
    std::atomic<bool> offline_ = false;
    std::atomic<bool> loaded_ = false;
    mutable std::mutex reason_mutex_;  ///< guards `why_offline_`, for moments
    std::string why_offline_;
    mutable std::mutex mutex_;  ///< held over I/O: each file is written by one thread at a time
    Offsets kept_;
    std::set<std::string> told_;  ///< what was refused since a checkpoint was written
    CheckpointFile recovery_points_;
    CheckpointFile log_starts_;
    CheckpointFile high_watermarks_;
};

}  // namespace barnabas
