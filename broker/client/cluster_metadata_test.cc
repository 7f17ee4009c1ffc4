#include "client/cluster_metadata.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

MetadataResponse response(std::int32_t leader, std::int32_t epoch, Uuid id = {1, 1}) {
    MetadataResponse metadata;
    auto& broker = metadata.brokers.emplace_back();
    broker.node_id = 1;
    broker.host = "one";
    broker.port = 9092;
    auto& topic = metadata.topics.emplace_back();
    topic.name = "t";
    topic.topic_id = id;
    auto& partition = topic.partitions.emplace_back();
    partition.leader_id = leader;
    partition.leader_epoch = epoch;
    return metadata;
}

const TopicPartition partition{"t", {0}};

}  // namespace

TEST(ClusterMetadata, KnowsBrokersAndLeaders) {
    ClusterMetadata metadata;
    metadata.update(response(1, 5));
    EXPECT_EQ(metadata.brokers().at({1}), (HostPort{"one", 9092}));
    EXPECT_EQ(metadata.leader(partition), NodeId{1});
    EXPECT_EQ(metadata.leader({"t", {1}}), std::nullopt);
    EXPECT_EQ(metadata.leader({"u", {0}}), std::nullopt);
}

TEST(ClusterMetadata, ALeaderOfAnOlderEpochDoesNotCount) {
    ClusterMetadata metadata;
    metadata.update(response(1, 5));
    metadata.update(response(2, 4));
    EXPECT_EQ(metadata.leader(partition), NodeId{1});
    metadata.update(response(2, 6));
    EXPECT_EQ(metadata.leader(partition), NodeId{2});
}

TEST(ClusterMetadata, ATopicThatWasCreatedAgainBeginsItsEpochsAnew) {
    ClusterMetadata metadata;
    metadata.update(response(1, 5));
    metadata.update(response(2, 0, {2, 2}));
    EXPECT_EQ(metadata.leader(partition), NodeId{2});
}

TEST(ClusterMetadata, AForgottenLeaderIsLearntAgainFromTheSameEpoch) {
    ClusterMetadata metadata;
    metadata.update(response(1, 5));
    metadata.forget_leader(partition);
    EXPECT_EQ(metadata.leader(partition), std::nullopt);
    metadata.update(response(1, 5));
    EXPECT_EQ(metadata.leader(partition), NodeId{1});
}

}  // namespace barnabas
