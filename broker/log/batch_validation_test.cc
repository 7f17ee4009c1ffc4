#include "log/batch_validation.h"

#include <gtest/gtest.h>

#include "common/compression.h"
#include "common/varint.h"
#include "model/record_batch_builder.h"

namespace barnabas {
namespace {

using std::chrono::milliseconds;

const Timestamp now{milliseconds(1700000000000)};

class BatchValidation : public testing::Test {
protected:
    static Bytes batch(int records, Compression codec = Compression::none, bool keys = true, Timestamp when = now) {
        RecordBatchBuilder builder({.compression = codec});
        for (int i = 0; i < records; ++i) {
            builder.append(when, keys ? std::optional(as_bytes("key")) : std::nullopt, as_bytes(std::string(100, 'v')));
        }
        return builder.finish();
    }

    /// A batch whose records are these bytes.
    static Bytes batch_of(BytesView records, std::int32_t count, int codec = 0) {
        Bytes bytes = RecordBatchBuilder({}).finish();
        bytes.insert(bytes.end(), records.begin(), records.end());
        put<std::int32_t>(bytes, batch_layout::batch_length, static_cast<std::int32_t>(bytes.size() - 12));
        put<std::int32_t>(bytes, batch_layout::record_count, count);
        put<std::int32_t>(bytes, batch_layout::last_offset_delta, count - 1);
        put<std::int16_t>(bytes, batch_layout::attributes, static_cast<std::int16_t>(codec));
        return bytes;
    }

    template <class Int>
    static void put(Bytes& bytes, std::size_t at, Int value) {
        store_big_endian<Int>(bytes.data() + at, value);
        set_crc(bytes);
    }

    std::expected<ValidatedBatches, AppendFailure> validate(Bytes& bytes) {
        auto valid = barnabas::validate(bytes, {"orders-0", config, origin, now});
        if (valid) {
            place(*valid, {70}, {3}, now);
        }
        return valid;
    }

    ErrorCode code_of(Bytes bytes) {
        const auto valid = validate(bytes);
        return valid ? ErrorCode::none : valid.error().error.code;
    }

    TopicConfig config;
    AppendOrigin origin = AppendOrigin::client;
};

TEST_F(BatchValidation, GivesOffsetsAndEpochInPlace) {
    for (int codec = 0; codec <= 4; ++codec) {
        Bytes bytes = batch(3, static_cast<Compression>(codec));
        const auto valid = validate(bytes);
        ASSERT_TRUE(valid);
        EXPECT_EQ(valid->bytes.data(), bytes.data());
        EXPECT_EQ(valid->first, Offset{70});
        EXPECT_EQ(valid->last, Offset{72});
        const RecordBatchView placed(bytes);
        EXPECT_TRUE(placed.crc_matches());
        EXPECT_EQ(placed.base_offset(), Offset{70});
        EXPECT_EQ(placed.leader_epoch(), LeaderEpoch{3});
    }
}

TEST_F(BatchValidation, RefusesHeadersThatLieAsKafkaDoes) {
    struct Lie {
        const char* what;
        ErrorCode code;
        std::function<void(Bytes&)> tell;
    };
    const std::vector<Lie> lies{
        {"base offset", ErrorCode::invalid_record, [](Bytes& b) { set_base_offset(b, {5}); }},
        {"count too high", ErrorCode::invalid_record,
         [](Bytes& b) { put<std::int32_t>(b, batch_layout::record_count, 4); }},
        {"count too low", ErrorCode::invalid_record,
         [](Bytes& b) { put<std::int32_t>(b, batch_layout::record_count, 2); }},
        {"count and delta too low", ErrorCode::invalid_record,
         [](Bytes& b) {
             put<std::int32_t>(b, batch_layout::record_count, 2);
             put<std::int32_t>(b, batch_layout::last_offset_delta, 1);
         }},
        {"no records", ErrorCode::invalid_record, [](Bytes& b) { put<std::int32_t>(b, batch_layout::record_count, 0); }
        },
        {"negative delta", ErrorCode::invalid_record,
         [](Bytes& b) { put<std::int32_t>(b, batch_layout::last_offset_delta, -1); }},
        {"control", ErrorCode::invalid_record, [](Bytes& b) { put<std::int16_t>(b, batch_layout::attributes, 32); }},
        {"producer without sequence", ErrorCode::invalid_record,
         [](Bytes& b) { put<std::int64_t>(b, batch_layout::producer_id, 9); }},
        {"checksum", ErrorCode::corrupt_message, [](Bytes& b) { b.back() ^= std::byte{1}; }},
        {"codec 5", ErrorCode::unknown_server_error, [](Bytes& b) { put<std::int16_t>(b, batch_layout::attributes, 5); }
        },
        {"codec gzip", ErrorCode::unknown_server_error,
         [](Bytes& b) { put<std::int16_t>(b, batch_layout::attributes, 1); }},
        {"format 1", ErrorCode::invalid_record, [](Bytes& b) { b[batch_layout::magic] = std::byte{1}; }},
        {"format 3", ErrorCode::corrupt_message, [](Bytes& b) { b[batch_layout::magic] = std::byte{3}; }},
        {"length 3", ErrorCode::corrupt_message,
         [](Bytes& b) { store_big_endian<std::int32_t>(b.data() + batch_layout::batch_length, 3); }},
        {"negative length", ErrorCode::corrupt_message,
         [](Bytes& b) { store_big_endian<std::int32_t>(b.data() + batch_layout::batch_length, -9); }},
        {"cut off", ErrorCode::invalid_record, [](Bytes& b) { b.pop_back(); }},
        {"nothing", ErrorCode::invalid_record, [](Bytes& b) { b.clear(); }},
        {"twice", ErrorCode::invalid_record,
         [](Bytes& b) {
             const Bytes again = b;
             b.insert(b.end(), again.begin(), again.end());
         }},
    };
    for (const Lie& lie : lies) {
        Bytes bytes = batch(3);
        lie.tell(bytes);
        EXPECT_EQ(code_of(bytes), lie.code) << lie.what;
    }
}

TEST_F(BatchValidation, RefusesRecordsThatDoNotFit) {
    const auto record = [](std::int64_t length, std::initializer_list<std::int64_t> fields) {
        Bytes bytes;
        append_varint(bytes, length);
        bytes.push_back(std::byte{0});
        for (const std::int64_t field : fields) {
            append_varint(bytes, field);
        }
        return bytes;
    };
    // length, then timestamp, offset, key length, value length, count of headers
    EXPECT_EQ(code_of(batch_of(record(6, {0, 0, -1, -1, 0}), 1)), ErrorCode::none);
    for (const Bytes& bad :
         {record(1000, {0, 0, -1, -1, 0}), record(-3, {0, 0, -1, -1, 0}), record(5, {0, 0, -1, -1, 0}),
          record(7, {0, 0, -1, -1, 0, 0}), record(6, {0, 0, 60, -1, 0}), record(6, {0, 0, -1, 60, 0}),
          record(6, {0, 0, -1, -1, 60}), record(6, {0, 0, -1, -1, -1}), record(8, {0, 0, -1, -1, 1, -1, -1})}) {
        EXPECT_EQ(code_of(batch_of(bad, 1)), ErrorCode::invalid_record);
        EXPECT_EQ(code_of(batch_of(*gzip::compress(bad, {}), 1, 1)), ErrorCode::invalid_record);
    }
}

TEST_F(BatchValidation, RefusesACompressedBatchWhoseRecordsAreOutOfOrder) {
    RecordBatchBuilder builder({});
    builder.append_at({0}, now, std::nullopt, std::nullopt, {});
    builder.append_at({5}, now, std::nullopt, std::nullopt, {});
    const Bytes records = copy(RecordBatchView(builder.finish()).records());
    EXPECT_EQ(code_of(batch_of(*gzip::compress(records, {}), 2, 1)), ErrorCode::unknown_server_error);
    EXPECT_EQ(code_of(batch_of(records, 2)), ErrorCode::none);
}

TEST_F(BatchValidation, NamesTheRecordsWithoutAKeyOnACompactedTopic) {
    config.cleanup_policy = {.compacts = true, .deletes = false};
    Bytes bytes = batch(2, Compression::lz4, false);
    const auto valid = validate(bytes);
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().error.code, ErrorCode::invalid_record);
    const std::string words = "Compacted topic cannot accept message without key in topic partition orders-0";
    EXPECT_EQ(valid.error().records, (std::vector<RecordError>{{0, words}, {1, words}}));
}

TEST_F(BatchValidation, HoldsTimestampsWithinTheTopicsLimits) {
    config.message_timestamp_before_max_ms = milliseconds(1000);
    config.message_timestamp_after_max_ms = milliseconds(500);
    EXPECT_EQ(code_of(batch(1, Compression::none, true, now - milliseconds(1000))), ErrorCode::none);
    EXPECT_EQ(code_of(batch(1, Compression::none, true, now - milliseconds(1001))), ErrorCode::invalid_timestamp);
    EXPECT_EQ(code_of(batch(1, Compression::none, true, now + milliseconds(500))), ErrorCode::none);
    EXPECT_EQ(code_of(batch(1, Compression::none, true, now + milliseconds(501))), ErrorCode::invalid_timestamp);
    EXPECT_EQ(code_of(batch(1, Compression::none, true, no_timestamp)), ErrorCode::none);
    config.message_timestamp_type = TimestampType::log_append_time;
    EXPECT_EQ(code_of(batch(1, Compression::none, true, now + milliseconds(501))), ErrorCode::none);
}

TEST_F(BatchValidation, StampsLogAppendTime) {
    config.message_timestamp_type = TimestampType::log_append_time;
    Bytes bytes = batch(2, Compression::zstd, true, now - milliseconds(99));
    const auto valid = validate(bytes);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->largest, now);
    const RecordBatchView placed(valid->bytes);
    EXPECT_EQ(placed.timestamp_type(), TimestampType::log_append_time);
    EXPECT_EQ(placed.max_timestamp(), now);
    EXPECT_TRUE(placed.crc_matches());
}

TEST_F(BatchValidation, CorrectsAWrongMaximum) {
    Bytes bytes = batch(2);
    put<std::int64_t>(bytes, batch_layout::max_timestamp, 5);
    ASSERT_TRUE(validate(bytes));
    EXPECT_EQ(RecordBatchView(bytes).max_timestamp(), now);
    EXPECT_TRUE(RecordBatchView(bytes).crc_matches());
}

TEST_F(BatchValidation, WritesABatchAnewInTheTopicsCodec) {
    for (const auto setting :
         {CompressionSetting::gzip, CompressionSetting::snappy, CompressionSetting::lz4, CompressionSetting::zstd,
          CompressionSetting::uncompressed}) {
        config.compression_type = setting;
        Bytes bytes = batch(10, setting == CompressionSetting::uncompressed ? Compression::gzip : Compression::none);
        const auto valid = validate(bytes);
        ASSERT_TRUE(valid);
        const RecordBatchView placed(valid->bytes);
        EXPECT_TRUE(placed.crc_matches());
        EXPECT_EQ(placed.base_offset(), Offset{70});
        EXPECT_EQ(
            static_cast<int>(*placed.compression()),
            setting == CompressionSetting::uncompressed ? 0 : static_cast<int>(setting) - 1
        );
        int count = 0;
        ASSERT_TRUE(for_each_record(placed, [&](const RecordView& record) {
            EXPECT_EQ(record.offset, Offset{70 + count++});
            EXPECT_EQ(as_text(*record.key), "key");
            return true;
        }));
        EXPECT_EQ(count, 10);
    }
}

TEST_F(BatchValidation, HoldsBatchesToTheLargestSize) {
    config.max_message_bytes = static_cast<std::int32_t>(batch(3).size());
    EXPECT_EQ(code_of(batch(3)), ErrorCode::none);
    EXPECT_EQ(code_of(batch(4)), ErrorCode::message_too_large);
    config.compression_type = CompressionSetting::uncompressed;
    EXPECT_EQ(code_of(batch(4, Compression::gzip)), ErrorCode::message_too_large);
}

TEST_F(BatchValidation, TakesControlBatchesOfTheCoordinatorAsTheyAre) {
    origin = AppendOrigin::coordinator;
    config.cleanup_policy = {.compacts = true, .deletes = false};
    config.compression_type = CompressionSetting::zstd;
    RecordBatchBuilder builder({.producer_id = {4}, .producer_epoch = {0}, .transactional = true, .control = true});
    builder.append(now, Bytes(4), Bytes(6));
    Bytes bytes = builder.finish();
    const auto valid = validate(bytes);
    ASSERT_TRUE(valid);
    EXPECT_EQ(RecordBatchView(valid->bytes).compression(), Compression::none);
}

}  // namespace
}  // namespace barnabas
