#include "group/group_record.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

std::optional<BytesView> view(const std::optional<Bytes>& bytes) {
    return bytes ? std::optional<BytesView>(*bytes) : std::nullopt;
}

TEST(GroupRecord, SurvivesWritingAndReading) {
    OffsetRecord offset;
    offset.key.group = "g";
    offset.key.topic = "orders";
    offset.key.partition = 3;
    GroupMetadataValue value;
    value.protocol_type = "consumer";
    value.generation = 4;
    value.protocol = "range";
    value.leader.reset();
    value.current_state_timestamp = 9;
    auto& member = value.members.emplace_back();
    member.member_id = "m";
    member.group_instance_id = "i";
    member.assignment = {std::byte{1}};
    const GroupRecord records[] = {offset, ClassicGroupRecord{"g", std::nullopt}, ClassicGroupRecord{"g", value}};
    for (const GroupRecord& record : records) {
        const Record bytes = encode(record);
        const auto read = decode_group_record(*bytes.key, view(bytes.value));
        ASSERT_TRUE(read && *read);
        EXPECT_TRUE(**read == record);
    }
}

TEST(GroupRecord, KeepsTheKeyOfAnotherTypeOfGroup) {
    ConsumerGroupMemberMetadataKey key;
    key.group_id = "g";
    key.member_id = "m";
    Writer writer;
    writer.integer(ConsumerGroupMemberMetadataKey::api_key);
    key.write(writer, 0);
    const Bytes bytes = flatten(std::move(writer).finish());
    const auto record = decode_group_record(bytes, as_bytes("anything"));
    ASSERT_TRUE(record && *record);
    const auto& other = std::get<OtherGroupRecord>(**record);
    EXPECT_EQ(other.type, GroupType::consumer);
    EXPECT_EQ(other.group_id, "g");
    EXPECT_EQ(other.member_id, "m");
    EXPECT_FALSE(other.removed);
    EXPECT_TRUE(std::get<OtherGroupRecord>(**decode_group_record(bytes, std::nullopt)).removed);
}

TEST(GroupRecord, SkipsTypesThatOnlyALaterKafkaKnows) {
    const Bytes key{std::byte{0x7f}, std::byte{0}, std::byte{1}};
    const auto read = decode_group_record(key, std::nullopt);
    ASSERT_TRUE(read);
    EXPECT_FALSE(*read);
}

TEST(GroupRecord, RefusesWhatMakesNoSense) {
    EXPECT_EQ(decode_group_record({}, std::nullopt).error().code, ErrorCode::corrupt_message);
    const Bytes cut{std::byte{0}, std::byte{2}, std::byte{0}, std::byte{9}, std::byte{'g'}};
    EXPECT_EQ(decode_group_record(cut, std::nullopt).error().code, ErrorCode::corrupt_message);
    const Record group = encode(ClassicGroupRecord{"g", GroupMetadataValue()});
    const Bytes version_9{std::byte{0}, std::byte{9}};
    EXPECT_EQ(decode_group_record(*group.key, version_9).error().code, ErrorCode::corrupt_message);
    EXPECT_EQ(
        decode_group_record(*group.key, BytesView(*group.value).first(5)).error().code, ErrorCode::corrupt_message
    );
}

}  // namespace
}  // namespace barnabas
