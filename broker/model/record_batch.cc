#include "model/record_batch.h"

#include <fmt/format.h>

#include "common/crc32c.h"

namespace barnabas {

namespace layout = batch_layout;

namespace {

/// Of the smallest message in any format.
constexpr std::int32_t least_length = 14;

}  // namespace

Expected<RecordBatchView> RecordBatchView::parse(BytesView bytes) {
    if (bytes.size() < layout::magic + 1) {
        return fail(
            ErrorCode::corrupt_message, fmt::format("a batch of {} bytes is cut off in its header", bytes.size())
        );
    }
    const RecordBatchView batch(bytes);
    const auto length = load_big_endian<std::int32_t>(bytes.data() + layout::batch_length);
    if (length < least_length) {
        return fail(ErrorCode::corrupt_message, fmt::format("a batch of length {} has no room for a record", length));
    }
    if (batch.magic() == 0 || batch.magic() == 1) {
        return fail(
            ErrorCode::unsupported_for_message_format,
            fmt::format("message format {} is not served; formats before 2 ended with Kafka 4.0", batch.magic())
        );
    }
    if (batch.magic() != 2) {
        return fail(ErrorCode::corrupt_message, fmt::format("message format {} does not exist", batch.magic()));
    }
    if (length < static_cast<std::int32_t>(layout::records - layout::overhead)) {
        return fail(ErrorCode::corrupt_message, fmt::format("a batch of length {} has no room for its header", length));
    }
    if (bytes.size() - layout::overhead < static_cast<std::size_t>(length)) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format("a batch of {} bytes is cut off after {}", batch.size(), bytes.size())
        );
    }
    return batch;
}

std::int32_t RecordBatchView::last_sequence() const {
    if (base_sequence() < 0) {
        return -1;
    }
    const auto sum = static_cast<std::uint32_t>(base_sequence()) + static_cast<std::uint32_t>(last_offset_delta());
    return static_cast<std::int32_t>(sum & 0x7fffffff);
}

std::optional<Compression> RecordBatchView::compression() const {
    const int codec = attributes() & 7;
    return codec <= 4 ? std::optional(static_cast<Compression>(codec)) : std::nullopt;
}

bool RecordBatchView::crc_matches() const {
    return crc() == crc32c(bytes().subspan(layout::attributes));
}

void set_base_offset(MutableBytes batch, Offset offset) {
    store_big_endian(batch.data() + layout::base_offset, offset.value);
}

void set_leader_epoch(MutableBytes batch, LeaderEpoch epoch) {
    store_big_endian(batch.data() + layout::partition_leader_epoch, epoch.value);
}

void set_max_timestamp(MutableBytes batch, TimestampType type, Timestamp most) {
    const RecordBatchView view(batch);
    if (view.timestamp_type() == type && view.max_timestamp() == most) {
        return;
    }
    const auto flags = static_cast<std::int16_t>(
        type == TimestampType::log_append_time ? view.attributes() | 8 : view.attributes() & ~8
    );
    store_big_endian(batch.data() + layout::attributes, flags);
    store_big_endian<std::int64_t>(batch.data() + layout::max_timestamp, most.time_since_epoch().count());
    set_crc(batch);
}

void set_log_append_time(MutableBytes batch, Timestamp now) {
    set_max_timestamp(batch, TimestampType::log_append_time, now);
}

void set_crc(MutableBytes batch) {
    const BytesView whole = RecordBatchView(batch).bytes();
    store_big_endian(batch.data() + layout::crc, crc32c(whole.subspan(layout::attributes)));
}

}  // namespace barnabas
