#pragma once

#include <optional>

#include "model/record_batch.h"

namespace barnabas {

/// What the records of a batch say, once read.
struct RecordsSeen {
    Timestamp largest = no_timestamp;
    bool offsets_in_sequence = true;
    bool operator==(const RecordsSeen&) const = default;
};

/// What every record of a batch must be for a walk to come to its end.
struct UsualRecord {
    bool has_key = false;
    Timestamp earliest, latest;  ///< bounds of a timestamp that is not `no_timestamp`
};

/// Walks over `records`, the decompressed records of `batch`, whose timestamps its producer gave, in half the time
/// of a RecordReader. Nothing where the bytes are not exactly `batch.record_count()` usual records without
/// headers: a RecordReader then says what they are.
[[nodiscard]] std::optional<RecordsSeen> walk_over_records(
    RecordBatchView batch, BytesView records, const UsualRecord& usual
);

}  // namespace barnabas
