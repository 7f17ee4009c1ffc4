#pragma once

#include <array>

#include "io/file.h"
#include "io/page_cache.h"
#include "model/record_batch.h"

namespace barnabas {

/// Reads batch headers at growing positions of a log file, a page or two at a time.
class HeaderScanner {
public:
    /// `end`: the bytes of the file that count.
    HeaderScanner(const File& file, std::int64_t end, ReadFrom from = ReadFrom::device)
        : file_(file), end_(end), from_(from) {}

    /// The header of the batch that begins at `position`, valid until the next call. Errors: corrupt_message when none
    /// begins there or it passes the end; request_timed_out, without words, when it would have to wait for the device
    /// and must not.
    [[nodiscard]] Expected<RecordBatchView> at(std::int64_t position);

private:
    [[nodiscard]] Expected<void> fill(std::int64_t position);

    const File& file_;
    std::int64_t end_;
    ReadFrom from_;
    std::int64_t begin_ = 0;  ///< position of the first byte in `page_`
    std::size_t filled_ = 0;
    std::array<std::byte, 8192> page_;
};

/// Reads a log file from batch to batch, each whole in memory.
class BatchScanner {
public:
    BatchScanner(const File& file, std::int64_t from, std::int64_t end) : file_(file), position_(from), end_(end) {}

    /// The next batch, valid until the next call; nothing at the end. Errors: corrupt_message where no whole batch of
    /// format 2 begins, kafka_storage_error. The checksum is not looked at.
    [[nodiscard]] Expected<std::optional<RecordBatchView>> next();

    /// Where the last batch began, and where the next would.
    [[nodiscard]] std::int64_t batch_position() const { return batch_position_; }
    [[nodiscard]] std::int64_t position() const { return position_; }

private:
    [[nodiscard]] Expected<void> fill(std::size_t least);

    const File& file_;
    std::int64_t position_;
    std::int64_t end_;
    std::int64_t batch_position_ = 0;
    Bytes chunk_;
    std::size_t used_ = 0;  ///< of `chunk_`, from its front
};

}  // namespace barnabas
