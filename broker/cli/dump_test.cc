#include <gmock/gmock.h>

#include "cli/dump_decoders.h"
#include "model/record_batch_builder.h"
#include "protocol/metadata_records.h"

namespace barnabas {

namespace {

using testing::HasSubstr;

constexpr Timestamp now{std::chrono::milliseconds(1000)};

DumpedRecord decoded(const RecordDecoder& decoder, std::optional<BytesView> key, std::optional<BytesView> value) {
    RecordView record;
    record.offset = {3};
    record.key = key;
    record.value = value;
    return decoder(record);
}

}  // namespace

TEST(Dump, TellsABatch) {
    RecordBatchBuilder::Options options;
    options.base_offset = {5};
    options.leader_epoch = {2};
    options.compression = Compression::zstd;
    options.producer_id = {9};
    options.producer_epoch = {1};
    options.base_sequence = 0;
    RecordBatchBuilder builder(options);
    builder.append(now, as_bytes("k"), as_bytes("v"));
    builder.append(now, as_bytes("k"), as_bytes("v"));
    const Bytes bytes = builder.finish();
    const RecordBatchView batch(bytes);
    EXPECT_EQ(
        batch_line(batch, 100),
        "baseOffset: 5 lastOffset: 6 count: 2 baseSequence: 0 lastSequence: 1 producerId: 9 producerEpoch: 1 "
        "partitionLeaderEpoch: 2 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty "
        "position: 100 CreateTime: 1000 size: " +
            std::to_string(batch.size()) + " magic: 2 compresscodec: zstd crc: " + std::to_string(batch.crc()) +
            " isvalid: true\n"
    );
}

TEST(Dump, ReadsKeysAndValuesAsTextOrNumbers) {
    const auto text = make_plain_decoder("org.apache.kafka.tools.api.StringDecoder", "LongDecoder");
    const DumpedRecord record = decoded(*text, std::nullopt, as_bytes({"\0\0\0\0\0\0\0\7", 8}));
    EXPECT_EQ(record.key, std::nullopt);
    EXPECT_EQ(record.payload, "7");
    EXPECT_THAT(make_plain_decoder("com.example.Mine", "StringDecoder").error(), HasSubstr("com.example.Mine"));
}

TEST(Dump, ReadsMetadataRecords) {
    FeatureLevelRecord feature;
    feature.name = "group.version";
    feature.feature_level = 1;
    Writer writer;
    for (const unsigned number : {1U, 12U, 0U}) {
        writer.unsigned_varint(number);
    }
    feature.write(writer, 0);
    EXPECT_EQ(
        decoded(make_metadata_decoder(), {}, writer.bytes()).payload,
        R"({"type":"FEATURE_LEVEL_RECORD","version":0,"data":{"name":"group.version","featureLevel":1}})"
    );
    EXPECT_THAT(*decoded(make_metadata_decoder(), {}, as_bytes("x")).payload, HasSubstr("Error at 3, skipping."));
}

TEST(Dump, TellsRecordsOfCoordinatorsThatItCannotRead) {
    const auto decoder = make_coordinator_decoder(CoordinatorLog::group);
    EXPECT_EQ(decoded(decoder, as_bytes({"\0\x7f", 2}), {}).key, "Unknown record type 127 at offset 3, skipping.");
    EXPECT_THAT(*decoded(decoder, as_bytes("x"), {}).key, HasSubstr("Error at offset 3, skipping."));
}

}  // namespace barnabas
