#include "model/record_batch_builder.h"

#include "common/check.h"
#include "common/compression.h"
#include "common/varint.h"

namespace barnabas {

namespace layout = batch_layout;

namespace {

std::size_t bytes_size(const std::optional<BytesView>& bytes) {
    return bytes ? varint_size(static_cast<std::int64_t>(bytes->size())) + bytes->size() : varint_size(-1);
}

void append_bytes(Bytes& out, const std::optional<BytesView>& bytes) {
    append_varint(out, bytes ? static_cast<std::int64_t>(bytes->size()) : -1);
    if (bytes) {
        out.insert(out.end(), bytes->begin(), bytes->end());
    }
}

std::expected<Bytes, std::string> compress(Compression codec, BytesView bytes, std::optional<int> level) {
    switch (codec) {
        case Compression::gzip:
            return gzip::compress(bytes, level);
        case Compression::snappy:
            return snappy_xerial::compress(bytes);
        case Compression::lz4:
            return lz4::compress(bytes, level);
        case Compression::zstd:
            return zstd::compress(bytes, level);
        case Compression::none:
            break;
    }
    return copy(bytes);
}

}  // namespace

void RecordBatchBuilder::append(
    Timestamp timestamp, std::optional<BytesView> key, std::optional<BytesView> value, std::span<const Header> headers
) {
    std::vector<HeaderView> views;
    views.reserve(headers.size());
    for (const Header& header : headers) {
        views.push_back({header.key, header.value ? std::optional<BytesView>(*header.value) : std::nullopt});
    }
    append_at(next_offset_, timestamp, key, value, views);
}

void RecordBatchBuilder::append_at(
    Offset offset, Timestamp timestamp, std::optional<BytesView> key, std::optional<BytesView> value,
    std::span<const HeaderView> headers
) {
    CHECK(offset >= next_offset_);
    if (!base_timestamp_) {
        base_timestamp_ = options_.delete_horizon.value_or(timestamp);
    }
    const std::int64_t timestamp_delta = (timestamp - *base_timestamp_).count();
    const std::int64_t offset_delta = offset - options_.base_offset;
    std::size_t size = 1 + varint_size(timestamp_delta) + varint_size(offset_delta) + bytes_size(key) +
                       bytes_size(value) + varint_size(static_cast<std::int64_t>(headers.size()));
    for (const HeaderView& header : headers) {
        size += bytes_size(as_bytes(header.key)) + bytes_size(header.value);
    }
    append_varint(records_, static_cast<std::int64_t>(size));
    records_.push_back(std::byte{0});  // attributes
    append_varint(records_, timestamp_delta);
    append_varint(records_, offset_delta);
    append_bytes(records_, key);
    append_bytes(records_, value);
    append_varint(records_, static_cast<std::int64_t>(headers.size()));
    for (const HeaderView& header : headers) {
        append_bytes(records_, as_bytes(header.key));
        append_bytes(records_, header.value);
    }
    max_timestamp_ = std::max(max_timestamp_, timestamp);
    next_offset_ = offset + 1;
    ++count_;
}

Bytes RecordBatchBuilder::finish() {
    auto body = compress(options_.compression, records_, options_.level);
    // The codecs refuse only levels out of range, which configuration keeps out.
    CHECK(body.has_value());
    Bytes batch(layout::records);
    batch.insert(batch.end(), body->begin(), body->end());
    std::byte* at = batch.data();
    const int flags = static_cast<int>(options_.compression) | (static_cast<int>(options_.timestamp_type) << 3) |
                      (options_.transactional ? 16 : 0) | (options_.control ? 32 : 0) |
                      (options_.delete_horizon ? 64 : 0);
    const Offset last = last_offset_.value_or(count_ > 0 ? next_offset_ - 1 : options_.base_offset);
    const Timestamp counted_from = base_timestamp_.value_or(options_.delete_horizon.value_or(no_timestamp));
    store_big_endian(at + layout::base_offset, options_.base_offset.value);
    store_big_endian(at + layout::batch_length, static_cast<std::int32_t>(batch.size() - layout::overhead));
    store_big_endian(at + layout::partition_leader_epoch, options_.leader_epoch.value);
    store_big_endian<std::int8_t>(at + layout::magic, 2);
    store_big_endian(at + layout::attributes, static_cast<std::int16_t>(flags));
    store_big_endian(at + layout::last_offset_delta, static_cast<std::int32_t>(last - options_.base_offset));
    store_big_endian<std::int64_t>(at + layout::base_timestamp, counted_from.time_since_epoch().count());
    store_big_endian<std::int64_t>(at + layout::max_timestamp, max_timestamp_.time_since_epoch().count());
    store_big_endian(at + layout::producer_id, options_.producer_id.value);
    store_big_endian(at + layout::producer_epoch, options_.producer_epoch.value);
    store_big_endian(at + layout::base_sequence, options_.base_sequence);
    store_big_endian(at + layout::record_count, count_);
    set_crc(batch);
    return batch;
}

}  // namespace barnabas
