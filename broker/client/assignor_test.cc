#include "client/assignor.h"

#include <gmock/gmock.h>

namespace barnabas {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

GroupMember member(std::string id, std::vector<std::string> topics) {
    return {std::move(id), {}, std::move(topics)};
}

TopicPartition at(std::string topic, std::int32_t partition) {
    return {std::move(topic), {partition}};
}

}  // namespace

TEST(Assignor, RangesGiveTheFirstMembersOneMore) {
    const std::vector members{member("b", {"t"}), member("a", {"t"})};
    const auto assignment = assign_ranges(members, {{"t", 3}});
    EXPECT_THAT(assignment.at("a"), ElementsAre(at("t", 0), at("t", 1)));
    EXPECT_THAT(assignment.at("b"), ElementsAre(at("t", 2)));
}

TEST(Assignor, RangesAreCutTopicByTopic) {
    const std::vector members{member("a", {"t", "u"}), member("b", {"u"})};
    const auto assignment = assign_ranges(members, {{"t", 2}, {"u", 2}});
    EXPECT_THAT(assignment.at("a"), ElementsAre(at("t", 0), at("t", 1), at("u", 0)));
    EXPECT_THAT(assignment.at("b"), ElementsAre(at("u", 1)));
}

TEST(Assignor, StaticMembersComeFirst) {
    std::vector members{member("a", {"t"}), member("z", {"t"})};
    members[1].instance_id = "one";
    EXPECT_THAT(assign_ranges(members, {{"t", 1}}).at("z"), ElementsAre(at("t", 0)));
}

TEST(Assignor, MembersWithoutPartitionsAreThereToo) {
    const std::vector members{member("a", {"t"}), member("b", {"t"}), member("c", {"gone"})};
    const auto assignment = assign_ranges(members, {{"t", 1}});
    EXPECT_THAT(assignment.at("b"), IsEmpty());
    EXPECT_THAT(assignment.at("c"), IsEmpty());
}

TEST(Assignor, RoundRobinDealsOutAcrossTopics) {
    const std::vector members{member("a", {"t", "u"}), member("b", {"t", "u"})};
    const auto assignment = assign_round_robin(members, {{"t", 3}, {"u", 3}});
    EXPECT_THAT(assignment.at("a"), ElementsAre(at("t", 0), at("t", 2), at("u", 1)));
    EXPECT_THAT(assignment.at("b"), ElementsAre(at("t", 1), at("u", 0), at("u", 2)));
}

TEST(Assignor, RoundRobinPassesOverWhoDidNotSubscribe) {
    const std::vector members{member("a", {"t"}), member("b", {"u"})};
    const auto assignment = assign_round_robin(members, {{"nobody's", 1}, {"t", 2}, {"u", 1}});
    EXPECT_THAT(assignment.at("a"), ElementsAre(at("t", 0), at("t", 1)));
    EXPECT_THAT(assignment.at("b"), ElementsAre(at("u", 0)));
}

TEST(Assignor, WhatItWritesItReads) {
    const std::vector partitions{at("t", 0), at("t", 2), at("u", 1)};
    EXPECT_EQ(decode_assignment(encode_assignment(partitions)), partitions);
    EXPECT_THAT(*decode_assignment({}), IsEmpty());
    EXPECT_THAT(*decode_subscription(encode_subscription({"t", "u"}, partitions)), ElementsAre("t", "u"));
}

TEST(Assignor, ReadsASubscriptionOfTheFirstVersion) {
    // Version 0: one topic "ga", no user data.
    constexpr char bytes[] = "\0\0\0\0\0\1\0\2ga\xff\xff\xff\xff";
    EXPECT_THAT(*decode_subscription(as_bytes(std::string_view(bytes, sizeof bytes - 1))), ElementsAre("ga"));
}

TEST(Assignor, RefusesWhatIsCutOff) {
    EXPECT_FALSE(decode_subscription(as_bytes("\1")));
    EXPECT_FALSE(decode_assignment(as_bytes(std::string_view("\0\1\0\0\0\7", 6))));
}

}  // namespace barnabas
