#include "protocol/reader.h"

#include <gtest/gtest.h>

#include "protocol/fields.h"

namespace barnabas {

namespace {

Bytes bytes_of(std::initializer_list<int> values) {
    Bytes bytes;
    for (const int value : values) {
        bytes.push_back(static_cast<std::byte>(value));
    }
    return bytes;
}

TEST(Reader, ReadsIntegersInNetworkByteOrder) {
    const Bytes bytes = bytes_of({0x01, 0x02, 0x03, 0x04, 0xff, 0xfe});
    Reader reader(bytes);
    EXPECT_EQ(reader.integer<std::int32_t>(), 0x01020304);
    EXPECT_EQ(reader.integer<std::int16_t>(), -2);
    EXPECT_FALSE(reader.failed());
}

TEST(Reader, SaysWhereTheInputEnds) {
    const Bytes bytes = bytes_of({0, 1, 2});
    Reader reader(bytes);
    EXPECT_EQ(reader.integer<std::int16_t>(), 1);
    EXPECT_EQ(reader.integer<std::int64_t>(), 0);
    EXPECT_EQ(reader.error(), "8 bytes wanted, 1 left at byte 2");
}

TEST(Reader, KeepsTheFirstErrorAndReadsZeroAfterIt) {
    Reader reader(BytesView{});
    EXPECT_EQ(reader.integer<std::int32_t>(), 0);
    EXPECT_EQ(reader.unsigned_varint(), 0U);
    EXPECT_EQ(reader.error(), "4 bytes wanted, 0 left at byte 0");
}

TEST(Reader, BelievesNoLengthThatTheInputCannotBack) {
    const Bytes bytes = bytes_of({0x7f, 0xff, 0xff, 0xff, 1, 2});
    Reader reader(bytes);
    std::vector<std::int64_t> array;
    read_field(reader, array, Format{0, false});
    EXPECT_EQ(reader.error(), "a length of 2147483647 where 2 bytes follow at byte 4");
    EXPECT_LE(array.capacity(), 8U);
}

TEST(Reader, RefusesNullWhereNullMayNotBe) {
    const Bytes bytes = bytes_of({0xff, 0xff});
    Reader reader(bytes);
    std::string_view text;
    read_field(reader, text, Format{0, false});
    EXPECT_EQ(reader.error(), "null where the field may not be null at byte 2");
}

TEST(Reader, RefusesAVarintOfMoreThanFiveBytes) {
    const Bytes bytes = bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
    Reader reader(bytes);
    EXPECT_EQ(reader.unsigned_varint(), 0U);
    EXPECT_TRUE(reader.failed());
}

TEST(Reader, KeepsUnknownTagsAndRefusesTagsOutOfOrder) {
    const Bytes good = bytes_of({2, 1, 1, 9, 4, 0});
    Reader reader(good);
    UnknownTags unknown;
    read_tagged_fields(reader, unknown, [](std::uint32_t) { return false; });
    EXPECT_EQ(unknown, (UnknownTags{{1, bytes_of({9})}, {4, {}}}));

    const Bytes bad = bytes_of({2, 4, 0, 4, 0});
    Reader second(bad);
    unknown.clear();
    read_tagged_fields(second, unknown, [](std::uint32_t) { return false; });
    EXPECT_TRUE(second.failed());
}

TEST(TaggedFields, MergesKnownAndUnknownInTheOrderOfTheirTags) {
    const UnknownTags unknown{{0, {}}, {7, {}}};
    TaggedFields tags(unknown);
    tags.add(3, std::int8_t{5}, Format{0, true});
    Writer writer;
    tags.write(writer);
    EXPECT_EQ(writer.bytes(), bytes_of({3, 0, 0, 3, 1, 5, 7, 0}));
}

}  // namespace

}  // namespace barnabas
