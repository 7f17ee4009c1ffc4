#pragma once

#include "log/record_walk.h"
#include "model/record.h"

namespace barnabas {

/// What `walk_over_records` must answer for a batch whose timestamps its producer gave, by a RecordReader.
inline std::optional<RecordsSeen> read_usual_records(RecordBatchView batch, const UsualRecord& usual) {
    auto reader = RecordReader::open(batch);
    RecordsSeen seen;
    RecordView record;
    for (std::int32_t index = 0; reader; ++index) {
        const auto more = reader->next(record);
        if (!more) {
            return std::nullopt;
        }
        if (!*more) {
            return seen;
        }
        const bool bounded = record.timestamp != no_timestamp;
        if (record.header_count != 0 || (usual.has_key && !record.key) ||
            (bounded && (record.timestamp < usual.earliest || record.timestamp > usual.latest))) {
            return std::nullopt;
        }
        seen.largest = std::max(seen.largest, record.timestamp);
        seen.offsets_in_sequence &= record.offset == batch.base_offset() + index;
    }
    return std::nullopt;
}

}  // namespace barnabas
