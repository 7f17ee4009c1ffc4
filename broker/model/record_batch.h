#pragma once

#include <cstdint>
#include <optional>

#include "common/big_endian.h"
#include "common/clock.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

enum class Compression : std::uint8_t { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

enum class TimestampType : std::uint8_t { create_time = 0, log_append_time = 1 };

/// The fixed fields of a record batch, format 2 (KIP-98): byte offsets from the start of the batch.
namespace batch_layout {
inline constexpr std::size_t base_offset = 0, batch_length = 8, partition_leader_epoch = 12, magic = 16, crc = 17,
                             attributes = 21, last_offset_delta = 23, base_timestamp = 27, max_timestamp = 35,
                             producer_id = 43, producer_epoch = 51, base_sequence = 53, record_count = 57, records = 61;
/// Base offset and length: what stands before the bytes that `batch_length` counts.
inline constexpr std::size_t overhead = 12;
}  // namespace batch_layout

/// A look at one record batch in somebody else's bytes; nothing is copied or decompressed.
/// Make it with `parse()` where the bytes come from outside.
class RecordBatchView {
public:
    /// The batch at the front of `bytes`, whose length field must fit in `bytes`, with format 2.
    /// Errors: corrupt_message when it is cut off or its length is impossible, unsupported_for_message_format for
    /// formats 0 and 1. The checksum is not looked at.
    static Expected<RecordBatchView> parse(BytesView bytes);

    /// Trusts that `bytes` begins with a whole header; for batches that `parse()` accepted before.
    explicit RecordBatchView(BytesView bytes) : bytes_(bytes) {}

    [[nodiscard]] Offset base_offset() const { return {get<std::int64_t>(batch_layout::base_offset)}; }
    /// Bytes of the whole batch, header included.
    [[nodiscard]] std::size_t size() const {
        return batch_layout::overhead + static_cast<std::size_t>(get<std::int32_t>(batch_layout::batch_length));
    }
    [[nodiscard]] LeaderEpoch leader_epoch() const { return {get<std::int32_t>(batch_layout::partition_leader_epoch)}; }
    [[nodiscard]] std::int8_t magic() const { return get<std::int8_t>(batch_layout::magic); }
    [[nodiscard]] std::uint32_t crc() const { return get<std::uint32_t>(batch_layout::crc); }
    [[nodiscard]] std::int16_t attributes() const { return get<std::int16_t>(batch_layout::attributes); }
    [[nodiscard]] std::int32_t last_offset_delta() const { return get<std::int32_t>(batch_layout::last_offset_delta); }
    [[nodiscard]] Offset last_offset() const { return base_offset() + last_offset_delta(); }
    [[nodiscard]] Offset next_offset() const { return last_offset() + 1; }
    /// What the records' timestamps are counted from; the delete horizon when `has_delete_horizon()`.
    [[nodiscard]] Timestamp base_timestamp() const { return timestamp(batch_layout::base_timestamp); }
    [[nodiscard]] Timestamp max_timestamp() const { return timestamp(batch_layout::max_timestamp); }
    [[nodiscard]] ProducerId producer_id() const { return {get<std::int64_t>(batch_layout::producer_id)}; }
    [[nodiscard]] ProducerEpoch producer_epoch() const { return {get<std::int16_t>(batch_layout::producer_epoch)}; }
    [[nodiscard]] std::int32_t base_sequence() const { return get<std::int32_t>(batch_layout::base_sequence); }
    /// The sequence of the last record; it wraps from 2^31-1 to 0.
    [[nodiscard]] std::int32_t last_sequence() const;
    [[nodiscard]] std::int32_t record_count() const { return get<std::int32_t>(batch_layout::record_count); }

    /// Nothing for the unassigned codes 5 to 7.
    [[nodiscard]] std::optional<Compression> compression() const;
    [[nodiscard]] TimestampType timestamp_type() const {
        return (attributes() & 8) != 0 ? TimestampType::log_append_time : TimestampType::create_time;
    }
    [[nodiscard]] bool is_transactional() const { return (attributes() & 16) != 0; }
    [[nodiscard]] bool is_control() const { return (attributes() & 32) != 0; }
    [[nodiscard]] bool has_delete_horizon() const { return (attributes() & 64) != 0; }
    [[nodiscard]] bool has_producer() const { return producer_id() >= ProducerId{0}; }

    /// The fixed fields alone; there may be no more in memory.
    [[nodiscard]] BytesView header() const { return bytes_.first(batch_layout::records); }
    /// The whole batch, header included.
    [[nodiscard]] BytesView bytes() const { return bytes_.first(size()); }
    /// What follows the header: records, compressed as `compression()` says.
    [[nodiscard]] BytesView records() const { return bytes().subspan(batch_layout::records); }
    [[nodiscard]] bool crc_matches() const;

private:
    template <class Int>
    [[nodiscard]] Int get(std::size_t at) const {
        return load_big_endian<Int>(bytes_.data() + at);
    }
    [[nodiscard]] Timestamp timestamp(std::size_t at) const {
        return Timestamp{std::chrono::milliseconds(get<std::int64_t>(at))};
    }

    BytesView bytes_;
};

/// Writes the two fields that the leader decides. They stand before what the checksum covers.
void set_base_offset(MutableBytes batch, Offset offset);
void set_leader_epoch(MutableBytes batch, LeaderEpoch epoch);

/// Sets the timestamp type and the maximum, and the checksum to match; nothing when they stand there already.
void set_max_timestamp(MutableBytes batch, TimestampType type, Timestamp most);

/// Sets the timestamp type to log append time and the maximum to `now`, and the checksum to match.
void set_log_append_time(MutableBytes batch, Timestamp now);

/// Computes the checksum of a batch whose other fields are in place, and writes it.
void set_crc(MutableBytes batch);

}  // namespace barnabas
