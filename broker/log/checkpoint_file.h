#pragma once

#include "io/file.h"
#include "log/checkpoint_text.h"
#include "model/error.h"

namespace barnabas {

/// One of the files in a log directory that hold an offset for each of its partitions. Not thread-safe.
class CheckpointFile {
public:
    struct Kind {
        std::string_view name;
        std::string_view when_lost;  ///< what the node does without it, in words
    };

    CheckpointFile(FileSystem& files, const std::string& log_dir, Kind kind);

    /// The offsets as they were written last. A file that is absent has none. A damaged one has none either, with a
    /// warning that names the file, the line and what the node does without it. Errors: kafka_storage_error.
    [[nodiscard]] Expected<PartitionOffsets> read() const;

    /// Replaces the content so that after any crash the old or the new stands there whole; does nothing when the
    /// content is the same as last time. Errors: kafka_storage_error.
    Expected<void> write(const PartitionOffsets& offsets);

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    FileSystem& files_;
    std::string path_;
    Kind kind_;
    std::optional<PartitionOffsets> written_;
};

/// Records below these were flushed: recovery after a crash starts there.
inline constexpr CheckpointFile::Kind recovery_points{
    "recovery-point-offset-checkpoint", "checks every segment of every partition here"
};
/// Where partitions begin after DeleteRecords.
inline constexpr CheckpointFile::Kind log_start_offsets{
    "log-start-offset-checkpoint",
    "starts each partition at its first segment, so deleted records may be readable again"
};
inline constexpr CheckpointFile::Kind high_watermarks{
    "replication-offset-checkpoint", "starts each partition's high watermark at its log start offset"
};
/// Below these each key of a compacted partition stands once.
inline constexpr CheckpointFile::Kind cleaner_offsets{
    "cleaner-offset-checkpoint", "cleans each compacted partition from its start"
};

}  // namespace barnabas
