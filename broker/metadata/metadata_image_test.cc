#include "metadata/metadata_image.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

constexpr TopicId orders{1, 100};

MetadataRecord feature_level(std::string_view name, std::int16_t level) {
    FeatureLevelRecord record;
    record.name = name;
    record.feature_level = level;
    return {record, 0};
}

MetadataRecord topic(std::string_view name, const TopicId& id) {
    TopicRecord record;
    record.name = name;
    record.topic_id = id;
    return {record, 0};
}

MetadataRecord partition(const TopicId& id, std::int32_t index) {
    PartitionRecord record;
    record.topic_id = id;
    record.partition_id = index;
    record.replicas = {1, 2};
    record.isr = {1, 2};
    record.leader = 1;
    record.leader_epoch = 0;
    record.partition_epoch = 0;
    record.directories = {Uuid{5, 501}, Uuid{5, 502}};
    return {record, 2};
}

MetadataRecord setting(
    ConfigResourceType type, std::string_view name, std::string_view key, std::optional<std::string> value
) {
    ConfigRecord record;
    record.resource_type = static_cast<std::int8_t>(type);
    record.resource_name = name;
    record.name = key;
    record.value = std::move(value);
    return {record, 0};
}

MetadataRecord broker(std::int32_t id) {
    RegisterBrokerRecord record;
    record.broker_id = id;
    record.broker_epoch = 10 + id;
    record.incarnation_id = {7, 700};
    record.end_points.resize(1);
    record.end_points[0].name = "PLAINTEXT";
    record.end_points[0].host = "localhost";
    record.end_points[0].port = 9092;
    record.rack = "a";
    record.log_dirs = {Uuid{9, 900}};
    return {record, 4};
}

MetadataImage image_of(const MetadataRecords& records) {
    MetadataImage image;
    for (const MetadataRecord& record : records) {
        EXPECT_TRUE(image.apply(record)) << type_name(record);
    }
    return image;
}

/// One record of every kind that an image keeps.
MetadataRecords everything() {
    ClientQuotaRecord quota;
    quota.entity.resize(2);
    quota.entity[0].entity_type = "client-id";
    quota.entity[0].entity_name.reset();
    quota.entity[1].entity_type = "user";
    quota.entity[1].entity_name = "alice";
    quota.key = "producer_byte_rate";
    quota.value = 1.5;
    ProducerIdsRecord producers;
    producers.broker_id = -1;
    producers.next_producer_id = 2000;
    AccessControlEntryRecord acl;
    acl.id = {3, 300};
    acl.resource_name = "orders";
    acl.principal = "User:alice";
    acl.host = "*";
    UserScramCredentialRecord credential;
    credential.name = "alice";
    credential.mechanism = 1;
    credential.salt = {std::byte{1}};
    credential.iterations = 4096;
    DelegationTokenRecord token;
    token.owner = "User:alice";
    token.token_id = "t1";
    RegisterControllerRecord controller;
    controller.controller_id = 1;
    return {
        feature_level("metadata.version", 30),
        feature_level("eligible.leader.replicas.version", 1),
        broker(1),
        broker(2),
        {controller, 0},
        topic("orders", orders),
        partition(orders, 0),
        partition(orders, 1),
        setting(ConfigResourceType::topic, "orders", "retention.ms", "5"),
        setting(ConfigResourceType::broker, "", "min.insync.replicas", "1"),
        {quota, 0},
        {producers, 0},
        {acl, 0},
        {credential, 0},
        {token, 0},
    };
}

TEST(MetadataImage, IsTheSameFromItsSnapshotAsFromTheLog) {
    const MetadataImage image = image_of(everything());
    const MetadataRecords snapshot = image.records();
    EXPECT_EQ(snapshot.size(), everything().size());
    EXPECT_EQ(image_of(snapshot).records(), snapshot);
}

TEST(MetadataImage, WritesTheMetadataVersionFirst) {
    const MetadataImage image = image_of(everything());
    EXPECT_EQ(image.records().front(), feature_level("metadata.version", 30));
}

TEST(MetadataImage, WritesRecordsInTheVersionsOfItsMetadataVersion) {
    MetadataRecords records = everything();
    records[0] = feature_level("metadata.version", 14);  // 3.6-IV2: no directories, no controllers
    for (const MetadataRecord& record : image_of(records).records()) {
        if (std::holds_alternative<RegisterBrokerRecord>(record.message)) {
            EXPECT_EQ(record.version, 2);
        } else if (std::holds_alternative<PartitionRecord>(record.message)) {
            EXPECT_EQ(record.version, 0);
        }
        EXPECT_FALSE(std::holds_alternative<RegisterControllerRecord>(record.message));
    }
}

TEST(MetadataImage, FindsTopicsByNameAndById) {
    const MetadataImage image = image_of(everything());
    ASSERT_TRUE(image.topics.find("orders"));
    EXPECT_EQ(image.topics.find("orders")->id, orders);
    EXPECT_EQ(image.topics.find(orders)->partitions.size(), 2u);
    EXPECT_EQ(image.topics.partition("orders", {1})->directory({2}), (Uuid{5, 502}));
    EXPECT_FALSE(image.topics.partition("orders", {2}));
    EXPECT_FALSE(image.topics.find("nothing"));
}

TEST(MetadataImage, DoesNotChangeWhenACopyDoes) {
    const MetadataImage before = image_of(everything());
    MetadataImage after = before;
    RemoveTopicRecord removal;
    removal.topic_id = orders;
    ASSERT_TRUE(after.apply({removal, 0}));
    EXPECT_FALSE(after.topics.find("orders"));
    EXPECT_TRUE(after.configs.entries(topic_target("orders")).empty());
    EXPECT_TRUE(before.topics.find("orders"));
    EXPECT_EQ(before.configs.value(topic_target("orders"), "retention.ms"), "5");
}

TEST(MetadataImage, CountsEveryPartitionChangeAndEveryLeader) {
    MetadataImage image = image_of(everything());
    PartitionChangeRecord change;
    change.topic_id = orders;
    change.partition_id = 0;
    change.isr = {1};
    ASSERT_TRUE(image.apply({change, 2}));
    EXPECT_EQ(image.topics.partition(orders, {0})->partition_epoch, PartitionEpoch{1});
    EXPECT_EQ(image.topics.partition(orders, {0})->leader_epoch, LeaderEpoch{0});
    change.leader = 2;
    ASSERT_TRUE(image.apply({change, 2}));
    EXPECT_EQ(image.topics.partition(orders, {0})->leader, NodeId{2});
    EXPECT_EQ(image.topics.partition(orders, {0})->leader_epoch, LeaderEpoch{1});
    EXPECT_EQ(image.topics.partition(orders, {0})->partition_epoch, PartitionEpoch{2});
}

TEST(MetadataImage, RefusesRecordsAboutWhatIsNotThere) {
    MetadataImage image = image_of(everything());
    PartitionChangeRecord change;
    change.topic_id = {4, 400};
    EXPECT_EQ(image.apply({change, 2}).error().code, ErrorCode::invalid_record);
    change.topic_id = orders;
    change.partition_id = 9;
    EXPECT_EQ(image.apply({change, 2}).error().code, ErrorCode::invalid_record);
    BrokerRegistrationChangeRecord stale;
    stale.broker_id = 1;
    stale.broker_epoch = 3;
    EXPECT_EQ(image.apply({stale, 0}).error().code, ErrorCode::invalid_record);
}

TEST(MetadataImage, ForgetsASettingThatIsUnset) {
    MetadataImage image = image_of(everything());
    ASSERT_TRUE(image.apply(setting(ConfigResourceType::topic, "orders", "retention.ms", std::nullopt)));
    EXPECT_FALSE(image.configs.value(topic_target("orders"), "retention.ms"));
}

TEST(MetadataImage, FencesUnfencesAndForgetsBrokers) {
    MetadataImage image = image_of(everything());
    EXPECT_FALSE(image.cluster.is_unfenced({1}));
    BrokerRegistrationChangeRecord change;
    change.broker_id = 1;
    change.broker_epoch = 11;
    change.fenced = -1;
    ASSERT_TRUE(image.apply({change, 0}));
    EXPECT_TRUE(image.cluster.is_active({1}));
    change.fenced = 0;
    change.in_controlled_shutdown = 1;
    ASSERT_TRUE(image.apply({change, 1}));
    EXPECT_TRUE(image.cluster.is_unfenced({1}));
    EXPECT_FALSE(image.cluster.is_active({1}));
    UnregisterBrokerRecord removal;
    removal.broker_id = 1;
    removal.broker_epoch = 11;
    ASSERT_TRUE(image.apply({removal, 0}));
    EXPECT_FALSE(image.cluster.broker({1}));
}

}  // namespace
}  // namespace barnabas
