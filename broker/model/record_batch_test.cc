#include "model/record_batch.h"

#include <gtest/gtest.h>

#include "model/record_batch_builder.h"

namespace barnabas {
namespace {

using std::chrono::milliseconds;

const Timestamp noon{milliseconds(1700000000000)};

Bytes batch_of(Compression codec, int records) {
    RecordBatchBuilder builder({.base_offset = {100}, .compression = codec, .leader_epoch = {4}});
    for (int i = 0; i < records; ++i) {
        const std::string key = "key-" + std::to_string(i), value(200, static_cast<char>('a' + i % 26));
        const Header header{"trace", i % 2 == 0 ? std::optional(copy(as_bytes(key))) : std::nullopt};
        builder.append(
            noon + milliseconds(i), i % 3 == 0 ? std::nullopt : std::optional(as_bytes(key)), as_bytes(value),
            std::span(&header, 1)
        );
    }
    return builder.finish();
}

TEST(RecordBatch, ReadsBackWhatTheBuilderWroteInEveryCodec) {
    for (int codec = 0; codec <= 4; ++codec) {
        const Bytes bytes = batch_of(static_cast<Compression>(codec), 50);
        const auto batch = RecordBatchView::parse(bytes);
        ASSERT_TRUE(batch);
        EXPECT_TRUE(batch->crc_matches());
        EXPECT_EQ(batch->base_offset(), Offset{100});
        EXPECT_EQ(batch->last_offset(), Offset{149});
        EXPECT_EQ(batch->leader_epoch(), LeaderEpoch{4});
        EXPECT_EQ(batch->max_timestamp(), noon + milliseconds(49));
        EXPECT_EQ(batch->compression(), static_cast<Compression>(codec));
        int seen = 0;
        ASSERT_TRUE(for_each_record(*batch, [&](const RecordView& record) {
            EXPECT_EQ(record.offset, Offset{100 + seen});
            EXPECT_EQ(record.timestamp, noon + milliseconds(seen));
            EXPECT_EQ(record.key.has_value(), seen % 3 != 0);
            EXPECT_EQ(record.value->size(), 200U);
            EXPECT_EQ(record.headers().at(0).key, "trace");
            EXPECT_EQ(record.headers().at(0).value.has_value(), seen % 2 == 0);
            ++seen;
            return true;
        }));
        EXPECT_EQ(seen, 50);
    }
}

TEST(RecordBatch, RefusesEveryCut) {
    const Bytes bytes = batch_of(Compression::none, 2);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto batch = RecordBatchView::parse(BytesView(bytes).first(size));
        ASSERT_FALSE(batch) << size;
        EXPECT_EQ(batch.error().code, ErrorCode::corrupt_message);
    }
}

TEST(RecordBatch, RefusesOtherFormatsAndImpossibleLengths) {
    Bytes bytes = batch_of(Compression::none, 1);
    bytes[batch_layout::magic] = std::byte{1};
    EXPECT_EQ(RecordBatchView::parse(bytes).error().code, ErrorCode::unsupported_for_message_format);
    bytes[batch_layout::magic] = std::byte{3};
    EXPECT_EQ(RecordBatchView::parse(bytes).error().code, ErrorCode::corrupt_message);
    bytes[batch_layout::magic] = std::byte{2};
    for (const std::int32_t length : {-1, 0, 48, 1 << 30}) {
        store_big_endian(bytes.data() + batch_layout::batch_length, length);
        EXPECT_EQ(RecordBatchView::parse(bytes).error().code, ErrorCode::corrupt_message) << length;
    }
}

TEST(RecordBatch, FindsEveryFlippedByteByItsChecksum) {
    Bytes bytes = batch_of(Compression::none, 2);
    for (std::size_t at = batch_layout::crc; at < bytes.size(); ++at) {
        bytes[at] ^= std::byte{1};
        EXPECT_FALSE(RecordBatchView(bytes).crc_matches()) << at;
        bytes[at] ^= std::byte{1};
    }
}

TEST(RecordBatch, TakesOffsetAndEpochWithoutANewChecksum) {
    Bytes bytes = batch_of(Compression::zstd, 3);
    set_base_offset(bytes, {7000});
    set_leader_epoch(bytes, {9});
    const RecordBatchView batch(bytes);
    EXPECT_TRUE(batch.crc_matches());
    EXPECT_EQ(batch.last_offset(), Offset{7002});
    EXPECT_EQ(batch.leader_epoch(), LeaderEpoch{9});
}

TEST(RecordBatch, GivesItsRecordsTheLogAppendTime) {
    Bytes bytes = batch_of(Compression::lz4, 3);
    set_log_append_time(bytes, noon + milliseconds(5000));
    const RecordBatchView batch(bytes);
    EXPECT_TRUE(batch.crc_matches());
    ASSERT_TRUE(for_each_record(batch, [](const RecordView& record) {
        EXPECT_EQ(record.timestamp, noon + milliseconds(5000));
        return true;
    }));
}

TEST(RecordBatch, WrapsSequences) {
    RecordBatchBuilder builder({.producer_id = {1}, .producer_epoch = {0}, .base_sequence = 2147483646});
    for (int i = 0; i < 4; ++i) {
        builder.append(noon, std::nullopt, std::nullopt);
    }
    EXPECT_EQ(RecordBatchView(builder.finish()).last_sequence(), 1);
}

TEST(RecordBatch, WrapsOffsetsThatNoLogCanHave) {
    Bytes bytes = batch_of(Compression::none, 3);
    set_base_offset(bytes, Offset{std::numeric_limits<std::int64_t>::max()});
    EXPECT_EQ(RecordBatchView(bytes).next_offset(), Offset{std::numeric_limits<std::int64_t>::min() + 2});
}

TEST(RecordReader, NamesTheRecordThatDoesNotFit) {
    Bytes bytes = batch_of(Compression::none, 3);
    store_big_endian(bytes.data() + batch_layout::record_count, 2);
    auto failure = for_each_record(RecordBatchView(bytes), [](const RecordView&) { return true; });
    EXPECT_EQ(failure.error().code, ErrorCode::invalid_record);
    store_big_endian(bytes.data() + batch_layout::record_count, 4);
    failure = for_each_record(RecordBatchView(bytes), [](const RecordView&) { return true; });
    EXPECT_EQ(failure.error().detail, "record 3 of 4 is cut off or has an impossible length");
}

TEST(RecordReader, RefusesACompressedBatchThatDoesNotDecompress) {
    Bytes bytes = batch_of(Compression::gzip, 3);
    bytes.back() ^= std::byte{0xff};
    EXPECT_EQ(RecordReader::open(RecordBatchView(bytes)).error().code, ErrorCode::corrupt_message);
}

}  // namespace
}  // namespace barnabas
