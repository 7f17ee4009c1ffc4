#include "cli/topic_description.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

TopicDescription topic() {
    DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic response;
    response.name = "orders";
    response.topic_id = *Uuid::parse("VBmqxHfaQjWBO2w5wUGedw");
    for (const std::int32_t index : {1, 0}) {
        auto& partition = response.partitions.emplace_back();
        partition.partition_index = index;
        partition.leader_id = index == 0 ? 1 : -1;
        partition.replica_nodes = {1, 2};
        partition.isr_nodes = index == 0 ? std::vector<std::int32_t>{1, 2} : std::vector<std::int32_t>{2};
        partition.eligible_leader_replicas = std::vector<std::int32_t>{};
        partition.last_known_elr = std::vector<std::int32_t>{index};
    }
    TopicDescription description = describe(response);
    auto& own = description.configs.emplace_back();
    own.name = "min.insync.replicas";
    own.value = "2";
    own.config_source = 1;
    auto& other = description.configs.emplace_back();
    other.name = "retention.ms";
    other.value = "1";
    other.config_source = 5;
    return description;
}

constexpr std::string_view heading =
    "Topic: orders\tTopicId: VBmqxHfaQjWBO2w5wUGedw\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: "
    "min.insync.replicas=2\n";
constexpr std::string_view first =
    "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: 0\n";
constexpr std::string_view second =
    "\tTopic: orders\tPartition: 1\tLeader: none\tReplicas: 1,2\tIsr: 2\tElr: \tLastKnownElr: 1\n";

std::string text(std::initializer_list<std::string_view> lines) {
    std::string all;
    for (const std::string_view line : lines) {
        all += line;
    }
    return all;
}

}  // namespace

TEST(TopicDescription, IsPrintedAsApacheDoes) {
    EXPECT_EQ(render(topic(), {}), text({heading, first, second}));
}

TEST(TopicDescription, FiltersLeaveOutHealthyPartitions) {
    DescribeTopicsFilter filter;
    filter.under_replicated = true;
    EXPECT_EQ(render(topic(), filter), second);
    filter = {};
    filter.unavailable = true;
    filter.live_brokers = {1};
    EXPECT_EQ(render(topic(), filter), second);
    filter = {};
    filter.at_min_isr = true;
    EXPECT_EQ(render(topic(), filter), first);
    filter = {};
    filter.under_min_isr = true;
    EXPECT_EQ(render(topic(), filter), second);
}

TEST(TopicDescription, OverriddenTopicsAreToldWithoutTheirPartitions) {
    DescribeTopicsFilter filter;
    filter.only_overridden = true;
    EXPECT_EQ(render(topic(), filter), heading);
    TopicDescription plain = topic();
    plain.configs.erase(plain.configs.begin());
    EXPECT_EQ(render(plain, filter), "");
}

TEST(TopicDescription, ReplicasThatAreBeingAddedDoNotCount) {
    TopicDescription moving = topic();
    auto& reassignment = moving.partitions[0].reassignment.emplace();
    reassignment.replicas = {1, 2};
    reassignment.adding_replicas = {2};
    const std::string printed = render(moving, {});
    EXPECT_NE(printed.find("ReplicationFactor: 1\t"), printed.npos);
    EXPECT_NE(printed.find("\tIsr: 1,2\tAdding Replicas: 2\tRemoving Replicas: \tElr: "), printed.npos);
}

TEST(TopicDescription, EligibleLeadersAreUnknownToOldBrokers) {
    MetadataResponse::MetadataResponseTopic response;
    response.name = "orders";
    response.partitions.emplace_back().leader_id = 1;
    EXPECT_NE(render(describe(response), {}).find("\tElr: N/A\tLastKnownElr: N/A\n"), std::string::npos);
}

}  // namespace barnabas
