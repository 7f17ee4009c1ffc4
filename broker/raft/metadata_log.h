#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "log/log.h"
#include "raft/log_outline.h"
#include "raft/snapshot_files.h"
#include "raft/voter_history.h"

namespace barnabas {

/// The metadata log on disk: `__cluster_metadata-0` with its snapshots. What `append` answered is on the device.
/// On the raft thread; every error is kafka_storage_error or corrupt_message and means that the replica must stop.
class MetadataLog {
public:
    struct Options {
        std::string directory;                      ///< the metadata directory; the log is a folder in it
        std::shared_ptr<const TopicConfig> config;  ///< segments
        std::int64_t retention_bytes = -1;          ///< `metadata.max.retention.bytes`
        std::chrono::milliseconds retention{-1};    ///< `metadata.max.retention.ms`
        std::chrono::milliseconds delete_delay{};   ///< `internal.metadata.delete.delay.millis`
    };

    /// Makes it where there is none, and recovers it where a crash left it.
    static Expected<MetadataLog> open(FileSystem& files, Options options, Timestamp now);

    [[nodiscard]] LogOutline outline() const;
    /// The voters that latest snapshot and log name, over those of the configuration.
    Expected<VoterHistory> voter_history(const VoterSet& configured) const;

    Expected<void> append(BytesView batches, Timestamp now);
    Expected<void> truncate(Offset end, Timestamp now);
    /// Begins anew behind a snapshot that is in place.
    Expected<void> restart(const SnapshotId& snapshot, Timestamp now);
    Expected<void> flush(Timestamp now);
    void set_high_watermark(Offset offset) { log_->set_high_watermark(offset); }

    /// Whole batches from `offset` on, at least one unless it is the end.
    Expected<Bytes> read(Offset offset, std::int64_t most) const;
    /// Every batch in [from, to), until `each` fails.
    Expected<void> for_each_batch(Offset from, Offset to, const std::function<Expected<void>(RecordBatchView)>& each)
        const;
    /// The epoch of the record at `offset`.
    [[nodiscard]] std::optional<LeaderEpoch> epoch_at(Offset offset) const;

    [[nodiscard]] Offset start() const { return log_->log_start(); }
    [[nodiscard]] Offset end() const { return log_->log_end(); }
    [[nodiscard]] SnapshotFiles& snapshots() { return snapshots_; }
    [[nodiscard]] const SnapshotFiles& snapshots() const { return snapshots_; }

    /// Retires snapshots and segments that the retention settings no longer keep, and removes the files that were
    /// retired a delete delay ago. True when the log begins later than before.
    Expected<bool> clean(Instant now, Timestamp timestamp);

    /// Nothing may be called afterwards.
    Expected<void> close() { return log_->close(); }

private:
    struct Retired {
        Instant remove_at;
        RetiredFiles files;
    };

    MetadataLog(FileSystem& files, Options options, std::unique_ptr<Log> log, SnapshotFiles snapshots)
        : files_(files), options_(std::move(options)), log_(std::move(log)), snapshots_(std::move(snapshots)) {}

    Expected<void> retire_before(Offset start, Instant now, Timestamp timestamp);

    FileSystem& files_;
    Options options_;
    std::unique_ptr<Log> log_;
    SnapshotFiles snapshots_;
    std::vector<Retired> retired_;
};

}  // namespace barnabas
