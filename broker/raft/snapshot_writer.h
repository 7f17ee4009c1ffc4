#pragma once

#include <memory>
#include <span>

#include "io/file.h"
#include "log/storage_error.h"
#include "model/record_batch_builder.h"
#include "raft/log_point.h"
#include "raft/voter_set.h"

namespace barnabas {

/// Writes a snapshot of the metadata log, as Apache lays it out (KIP-630): record batches between a header and a
/// footer, under a name that ends in ".part" until `freeze()`.
///
/// One thread at a time, any thread. A writer that is destroyed unfrozen leaves a partial file, which the next start
/// removes.
class SnapshotWriter {
public:
    struct Options {
        SnapshotId id;
        Timestamp last_append = no_timestamp;  ///< of the last record that the snapshot holds
        std::size_t most_batch_bytes = std::size_t{8} << 20;
        /// Stand behind the header under kraft.version 1; the bootstrap checkpoint has neither.
        std::optional<std::int16_t> kraft_version = std::nullopt;
        std::optional<VoterSet> voters = std::nullopt;
    };

    /// The final name will be `path`.
    static Expected<std::unique_ptr<SnapshotWriter>> create(
        FileSystem& files, std::string path, Options options, Timestamp now
    );

    /// Values of records, in the order in which they are replayed. Errors: kafka_storage_error.
    Expected<void> append(std::span<const Bytes> values, Timestamp now);

    /// Writes the footer, syncs and renames. Nothing may be appended afterwards.
    Expected<void> freeze(Timestamp now);

    [[nodiscard]] const SnapshotId& id() const { return options_.id; }
    [[nodiscard]] std::int64_t size() const { return position_; }

private:
    SnapshotWriter(FileSystem& files, std::string path, Options options, std::unique_ptr<File> file)
        : files_(files), path_(std::move(path)), options_(std::move(options)), file_(std::move(file)) {}

    Expected<void> write_header(Timestamp now);
    [[nodiscard]] RecordBatchBuilder batch(bool control) const;
    Expected<void> write(RecordBatchBuilder& builder);

    FileSystem& files_;
    std::string path_;
    Options options_;
    std::unique_ptr<File> file_;
    std::int64_t position_ = 0;
    Offset next_{0};  ///< records of a snapshot are counted from 0
};

}  // namespace barnabas
