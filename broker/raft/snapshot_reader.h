#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "io/file.h"
#include "log/storage_error.h"
#include "model/record.h"
#include "raft/log_point.h"
#include "raft/voter_set.h"

namespace barnabas {

struct ControlRecordView;

/// Reads a snapshot or a bootstrap checkpoint, batch by batch, checksums verified. One thread at a time.
class SnapshotReader {
public:
    /// Errors: kafka_storage_error; corrupt_message when it does not begin with a snapshot's header.
    static Expected<SnapshotReader> open(FileSystem& files, const std::string& path, const SnapshotId& id);
    /// Of bytes in memory, which the reader takes.
    static Expected<SnapshotReader> of(Bytes bytes, const SnapshotId& id);

    /// The values of the next batch's records, views until the next call; an empty list for a batch of control records;
    /// nothing after the footer. Errors: corrupt_message, with the byte, also when the footer is missing.
    Expected<std::optional<std::vector<BytesView>>> next();

    [[nodiscard]] const SnapshotId& id() const { return id_; }
    /// When the last record that the snapshot holds was appended to the log.
    [[nodiscard]] Timestamp last_append() const { return last_append_; }
    /// From the control records behind the header; nothing where there are none.
    [[nodiscard]] const std::optional<VoterSet>& voters() const { return voters_; }
    [[nodiscard]] std::optional<std::int16_t> kraft_version() const { return kraft_version_; }
    [[nodiscard]] std::int64_t size() const { return size_; }

private:
    SnapshotReader(std::unique_ptr<File> file, Bytes bytes, std::int64_t size, const SnapshotId& id)
        : file_(std::move(file)), memory_(std::move(bytes)), size_(size), id_(id) {}

    Expected<void> read_header();
    Expected<RecordBatchView> take_batch();
    Expected<BytesView> bytes_at(std::int64_t position, std::int64_t length);
    Expected<void> read_control(RecordBatchView batch);
    Expected<void> read_control(const ControlRecordView& record);

    std::unique_ptr<File> file_;
    Bytes memory_;  ///< all of it, when there is no file
    std::int64_t size_ = 0;
    SnapshotId id_;
    std::int64_t position_ = 0;
    Bytes buffer_;                         ///< the batch
    std::optional<RecordReader> records_;  ///< keeps what a compressed batch expanded to
    bool header_ = false;
    bool footer_ = false;
    Timestamp last_append_ = no_timestamp;
    std::optional<VoterSet> voters_;
    std::optional<std::int16_t> kraft_version_;
};

}  // namespace barnabas
