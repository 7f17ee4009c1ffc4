#include "metadata/metadata_record.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

Bytes bytes(std::initializer_list<int> values) {
    Bytes out;
    for (const int value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

TEST(MetadataRecord, IsFramedByVersionKeyAndMessageVersion) {
    FeatureLevelRecord record;
    record.name = "a";
    record.feature_level = 30;
    const Bytes written = encode_metadata_record({record, 0});
    EXPECT_EQ(written, bytes({1, 12, 0, 2, 'a', 0, 30, 0}));
    const auto read = decode_metadata_record(written);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (MetadataRecord{record, 0}));
    EXPECT_EQ(type_name(*read), "FeatureLevelRecord");
}

TEST(MetadataRecord, OfEveryTypeComesBackInEveryVersion) {
    const auto check = []<class Record>(const Record& record) {
        for (std::int16_t version = Record::versions.first; version <= Record::versions.last; ++version) {
            const MetadataRecord written{record, version};
            const auto read = decode_metadata_record(encode_metadata_record(written));
            ASSERT_TRUE(read) << type_name(written) << ": " << read.error().detail;
            EXPECT_EQ(*read, written) << type_name(written) << " version " << version;
        }
    };
    [&]<std::size_t... index>(std::index_sequence<index...>) {
        (check(std::variant_alternative_t<index, MetadataMessage>()), ...);
    }(std::make_index_sequence<std::variant_size_v<MetadataMessage>>());
}

TEST(MetadataRecord, ThatIsNewerThanThisProgramIsNotSkipped) {
    EXPECT_EQ(decode_metadata_record(bytes({2, 12, 0})).error().code, ErrorCode::unsupported_version);
    EXPECT_EQ(decode_metadata_record(bytes({1, 99, 0})).error().code, ErrorCode::unsupported_version);
    EXPECT_EQ(decode_metadata_record(bytes({1, 12, 1})).error().code, ErrorCode::unsupported_version);
}

TEST(MetadataRecord, ThatIsCutOffOrTooLongIsRefused) {
    EXPECT_EQ(decode_metadata_record({}).error().code, ErrorCode::invalid_record);
    EXPECT_EQ(decode_metadata_record(bytes({1, 12, 0, 2, 'a', 0})).error().code, ErrorCode::invalid_record);
    EXPECT_EQ(decode_metadata_record(bytes({1, 20, 0, 0, 7})).error().code, ErrorCode::invalid_record);
}

}  // namespace
}  // namespace barnabas
