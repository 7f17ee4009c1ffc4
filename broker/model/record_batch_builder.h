#pragma once

#include "model/record.h"

namespace barnabas {

/// Writes records into one batch of format 2.
///
///     RecordBatchBuilder builder({.base_offset = {7}});
///     builder.append(now, key, value);
///     Bytes batch = builder.finish();
class RecordBatchBuilder {
public:
    struct Options {
        Offset base_offset{0};
        Compression compression = Compression::none;
        std::optional<int> level = std::nullopt;  ///< of the compression; the codec's default without it
        TimestampType timestamp_type = TimestampType::create_time;
        LeaderEpoch leader_epoch = no_leader_epoch;
        ProducerId producer_id = no_producer;
        ProducerEpoch producer_epoch = no_producer_epoch;
        std::int32_t base_sequence = -1;
        bool transactional = false;
        bool control = false;
        /// Kept by the cleaner in the base timestamp's place (KIP-534).
        std::optional<Timestamp> delete_horizon = std::nullopt;
    };

    explicit RecordBatchBuilder(Options options) : options_(options) {}

    /// The record gets the next offset.
    void append(
        Timestamp timestamp, std::optional<BytesView> key, std::optional<BytesView> value,
        std::span<const Header> headers = {}
    );

    /// A record at an offset of its own, above all so far: for compaction, which leaves gaps.
    void append_at(
        Offset offset, Timestamp timestamp, std::optional<BytesView> key, std::optional<BytesView> value,
        std::span<const HeaderView> headers
    );

    /// Keeps the batch's last offset and count of sequences although later records are gone (compaction).
    void set_last_offset(Offset offset) { last_offset_ = offset; }

    [[nodiscard]] std::int32_t record_count() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    /// Bytes of the batch so far, uncompressed.
    [[nodiscard]] std::size_t size() const { return batch_layout::records + records_.size(); }

    /// The batch, compressed, with its checksum. The builder must not be used afterwards.
    [[nodiscard]] Bytes finish();

private:
    Options options_;
    Bytes records_;
    std::int32_t count_ = 0;
    std::optional<Timestamp> base_timestamp_;
    Timestamp max_timestamp_ = no_timestamp;
    std::optional<Offset> last_offset_;
    Offset next_offset_{options_.base_offset};
};

}  // namespace barnabas
