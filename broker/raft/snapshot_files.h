#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "io/file.h"
#include "log/storage_error.h"
#include "raft/snapshot_reader.h"
#include "raft/snapshot_writer.h"

namespace barnabas {

/// The snapshots in the metadata log's folder. On the raft thread.
class SnapshotFiles {
public:
    /// What retention wants to know.
    struct Snapshot {
        SnapshotId id;
        std::int64_t bytes = 0;
        Timestamp last_append = no_timestamp;
    };

    /// Removes what a crash left half-written or half-removed, and lists the rest. A snapshot whose header cannot be
    /// read is an error: corrupt_message, with the file.
    static Expected<SnapshotFiles> open(FileSystem& files, std::string directory);

    [[nodiscard]] const std::map<SnapshotId, Snapshot>& snapshots() const { return snapshots_; }
    [[nodiscard]] std::vector<SnapshotId> ids() const;
    [[nodiscard]] std::optional<SnapshotId> latest() const;

    [[nodiscard]] std::string path(const SnapshotId& id) const;
    Expected<SnapshotReader> read(const SnapshotId& id) const;
    /// What `read`, or its reader, answered, with the file and what to do.
    [[nodiscard]] Error unreadable(const SnapshotId& id, const Error& error) const;
    /// Bytes of the file from `position`, at most `most`. Errors: position_out_of_range, snapshot_not_found.
    Expected<Bytes> read_bytes(const SnapshotId& id, std::int64_t position, std::int64_t most) const;

    /// A writer was frozen.
    Expected<void> add(const SnapshotId& id);

    /// The next bytes of one that is fetched; position 0 begins anew.
    Expected<void> store(const SnapshotId& id, std::int64_t position, BytesView bytes);
    /// It has come whole: syncs it and puts it in place. Errors: corrupt_message when it is damaged; it is gone then.
    Expected<void> finish_stored(const SnapshotId& id);

    /// Renames those that end below `offset` so that they count no more. Answers the files that are left to remove.
    Expected<std::vector<std::string>> retire_before(Offset offset);

private:
    SnapshotFiles(FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

    FileSystem& files_;
    std::string directory_;
    std::map<SnapshotId, Snapshot> snapshots_;
    std::unique_ptr<File> part_;  ///< of the one that is being stored
};

/// Kafka's rule for old snapshots (`metadata.max.retention.bytes`, `metadata.max.retention.ms`): the oldest goes while
/// log and snapshots take too much room or it is too old, but the latest stays. Answers where the log should begin
/// then: at the first snapshot that is kept; nothing when all are. Bounds below 0 do not hold.
[[nodiscard]] std::optional<Offset> retention_start(
    const std::vector<SnapshotFiles::Snapshot>& snapshots, std::int64_t log_bytes, std::int64_t most_bytes,
    std::chrono::milliseconds most_age, Timestamp now
);

}  // namespace barnabas
