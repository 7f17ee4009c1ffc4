#pragma once

#include <functional>

#include "io/file.h"
#include "model/record.h"

namespace barnabas {

/// What `dump-log` makes of a record's key and value.
struct DumpedRecord {
    std::optional<std::string> key;
    std::optional<std::string> payload;
};
using RecordDecoder = std::function<DumpedRecord(const RecordView& record)>;

struct DumpOptions {
    bool records = false;   ///< a line for each record (--deep-iteration)
    bool contents = false;  ///< with key and value (--print-data-log)
    bool metadata = true;   ///< with offset, timestamp and so on (not --skip-record-metadata)
    std::int64_t max_bytes = INT32_MAX;
    RecordDecoder decode;
};

/// The batch at `position`, with all of its bytes; nothing at the end, and where no whole batch is left below `end`.
/// Errors are sentences.
std::expected<std::optional<Bytes>, std::string> read_batch(const File& file, std::int64_t position, std::int64_t end);

/// The line of a batch, as Apache's DumpLogSegments prints it.
[[nodiscard]] std::string batch_line(RecordBatchView batch, std::int64_t position);

/// Prints the batches of a `.log` or `.checkpoint` file, and to standard error where offsets have gaps.
/// Errors are sentences.
std::expected<void, std::string> dump_batches(const File& file, const DumpOptions& options);

}  // namespace barnabas
