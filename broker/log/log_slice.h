#pragma once

#include <memory>
#include <vector>

#include "io/file.h"
#include "model/ids.h"

namespace barnabas {

/// Where an offset lies: in which segment, at which byte.
struct LogPosition {
    Offset offset = no_offset;
    Offset segment_base = no_offset;
    std::int64_t byte = 0;
    bool operator==(const LogPosition&) const = default;
};

/// A transaction that was aborted, as `.txnindex` keeps it.
struct AbortedTransaction {
    ProducerId producer = no_producer;
    Offset first_offset = no_offset;
    Offset last_offset = no_offset;         ///< of its marker
    Offset last_stable_offset = no_offset;  ///< of the partition when the marker was written
    bool operator==(const AbortedTransaction&) const = default;
};

/// Whole batches of one segment as bytes of its file: to be sent, not copied. The handle keeps the bytes readable
/// even after retention removes the file.
struct LogSlice {
    std::shared_ptr<const File> file;  ///< none when `length` is 0
    std::int64_t position = 0;
    std::int64_t length = 0;
    Offset end_offset = no_offset;            ///< every record is below
    LogPosition start;                        ///< of the fetch offset's batch, or of the fetch offset at the end
    bool more_in_later_segment = false;       ///< below the bound: a reader need not wait for more to come
    bool just_written = false;                ///< so near the log's end that it is in memory
    bool first_batch_exceeds_limit = false;   ///< the first batch alone is larger than was asked for
    std::vector<AbortedTransaction> aborted;  ///< only for reads up to the last stable offset

    /// Copies the bytes out.
    [[nodiscard]] IoResult<Bytes> read() const;
};

}  // namespace barnabas
