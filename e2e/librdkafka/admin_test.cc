// Topics, configurations and groups by the admin client, and what the node refuses.
#include <gtest/gtest.h>

#include "admin.h"
#include "clients.h"

namespace barnabas::e2e {

TEST(Topics, AreMadeDescribedAndDeleted) {
    Admin admin;
    const auto topic = fresh_topic(3);
    EXPECT_EQ(admin.partitions(topic), 3U);
    EXPECT_EQ(admin.create_topic(topic, 3), RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS);
    EXPECT_EQ(admin.delete_topic(topic), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(admin.delete_topic(topic), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

TEST(Topics, OfAnOldNameBeginAnew) {
    Admin admin;
    const auto topic = fresh_topic();
    send(topic, numbered(5));
    ASSERT_EQ(admin.delete_topic(topic), RD_KAFKA_RESP_ERR_NO_ERROR);
    ASSERT_EQ(admin.create_topic(topic, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
    // The controller has answered; this client gives up at once over a topic that the broker has not heard of yet.
    ASSERT_TRUE(poll_until({}, [&] { return admin.partitions(topic).has_value(); }));
    EXPECT_EQ(admin.watermarks(topic, 0), std::make_pair(std::int64_t{0}, std::int64_t{0}));
    EXPECT_EQ(send(topic, numbered(1))[0].offset, 0);
}

TEST(Topics, ThatCannotBeAreRefused) {
    Admin admin;
    EXPECT_EQ(admin.create_topic("no/slash", 1), RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
    EXPECT_EQ(admin.create_topic(fresh_name("topic"), 1, {{"no.such.key", "1"}}), RD_KAFKA_RESP_ERR_INVALID_CONFIG);
    EXPECT_EQ(admin.create_topic(fresh_name("topic"), 1, {{"retention.ms", "soon"}}), RD_KAFKA_RESP_ERR_INVALID_CONFIG);
}

TEST(Topics, GrowButDoNotShrink) {
    Admin admin;
    const auto topic = fresh_topic(2);
    EXPECT_EQ(admin.create_partitions(topic, 5), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(admin.partitions(topic), 5U);
    EXPECT_EQ(send(topic, numbered(1, 4))[0].error, RdKafka::ERR_NO_ERROR);
    EXPECT_EQ(admin.create_partitions(topic, 3), RD_KAFKA_RESP_ERR_INVALID_PARTITIONS);
    EXPECT_EQ(admin.create_partitions(fresh_name("none"), 3), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

TEST(Configs, OfATopicAreReadAndChanged) {
    Admin admin;
    const auto topic = fresh_topic(1, {{"retention.ms", "123456"}});
    EXPECT_EQ(admin.config(topic, "retention.ms"), "123456");
    EXPECT_EQ(admin.config(topic, "cleanup.policy"), "delete");
    EXPECT_EQ(admin.set_config(topic, "max.message.bytes", "2000"), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(admin.config(topic, "max.message.bytes"), "2000");
    EXPECT_EQ(admin.config(topic, "retention.ms"), "604800000") << "AlterConfigs replaces the whole set";
    EXPECT_EQ(admin.set_config(topic, "max.message.bytes", "-5"), RD_KAFKA_RESP_ERR_INVALID_CONFIG);
}

TEST(Groups, AreListedDescribedAndDeleted) {
    Admin admin;
    const auto topic = fresh_topic();
    const auto group = fresh_name("group");
    {
        Consumer member(group);
        member.subscribe(topic);
        ASSERT_TRUE(poll_until({&member}, [&] { return !member.partitions().empty(); }));
        EXPECT_TRUE(admin.groups().contains(group));
        EXPECT_EQ(admin.delete_group(group), RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP);
    }
    EXPECT_EQ(admin.describe_group(group).state, "Empty");
    EXPECT_EQ(admin.delete_group(group), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_FALSE(admin.groups().contains(group));
    EXPECT_EQ(admin.delete_group(group), RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND);
}

TEST(Groups, HaveTheirOffsetsSetAndDeletedFromOutside) {
    Admin admin;
    const auto topic = fresh_topic();
    const auto group = fresh_name("group");
    send(topic, numbered(10));
    EXPECT_EQ(admin.set_offset(group, topic, 0, 7), RD_KAFKA_RESP_ERR_NO_ERROR);
    {
        Consumer member(group);
        member.subscribe(topic);
        EXPECT_EQ(member.read(1).at(0).offset, 7);
        EXPECT_EQ(admin.set_offset(group, topic, 0, 1), RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
        EXPECT_EQ(admin.delete_offset(group, topic, 0), RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC);
    }
    EXPECT_EQ(admin.delete_offset(group, topic, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(Consumer(group).committed(topic, 0), RdKafka::Topic::OFFSET_INVALID);
}

}  // namespace barnabas::e2e
