#include "log/record_walk.h"

#include <algorithm>

#include "common/varint.h"

namespace barnabas {

namespace {

/// Drops a length and as many bytes; a length of -1 is none.
inline bool skip_bytes(BytesView& in, std::int64_t& length) {
    if (!take_length(in, length)) {
        return false;
    }
    in = in.subspan(static_cast<std::size_t>(std::max<std::int64_t>(length, 0)));
    return true;
}

struct Deltas {
    std::int64_t timestamp, offset;
};

/// Drops a record without headers.
inline bool skip_record(BytesView& in, bool has_key, Deltas& deltas) {
    std::int64_t length, key, value;
    if (!take_length(in, length) || length < 1) {
        return false;
    }
    BytesView body = in.subspan(1, static_cast<std::size_t>(length) - 1);  // behind the attributes
    in = in.subspan(static_cast<std::size_t>(length));
    return take_varint(body, deltas.timestamp) && take_varint(body, deltas.offset, most_int32_bytes) &&
           skip_bytes(body, key) && (key >= 0 || !has_key) && skip_bytes(body, value) && body.size() == 1 &&
           body[0] == std::byte{0};
}

}  // namespace

std::optional<RecordsSeen> walk_over_records(RecordBatchView batch, BytesView records, const UsualRecord& usual) {
    const std::int64_t base = batch.base_timestamp().time_since_epoch().count();
    const std::int32_t count = batch.record_count();
    RecordsSeen seen;
    for (std::int32_t index = 0; index < count; ++index) {
        Deltas deltas;
        std::int64_t moment;
        if (!skip_record(records, usual.has_key, deltas) || __builtin_add_overflow(base, deltas.timestamp, &moment)) {
            return std::nullopt;
        }
        const Timestamp timestamp{std::chrono::milliseconds(moment)};
        if ((timestamp < usual.earliest || timestamp > usual.latest) && timestamp != no_timestamp) {
            return std::nullopt;
        }
        seen.largest = std::max(seen.largest, timestamp);
        seen.offsets_in_sequence &= deltas.offset == index;
    }
    return records.empty() ? std::optional(seen) : std::nullopt;
}

}  // namespace barnabas
