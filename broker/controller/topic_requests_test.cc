#include "controller/topic_requests.h"

#include <set>

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

using Topic = CreateTopicsRequest::CreatableTopic;

CreateTopicsRequest::CreatableTopic topic(std::string_view name, std::int32_t partitions, std::int16_t replicas) {
    CreateTopicsRequest::CreatableTopic wish;
    wish.name = name;
    wish.num_partitions = partitions;
    wish.replication_factor = replicas;
    return wish;
}

TEST(TopicRequests, TopicComesWithItsSettingsAndPartitionsInOneBatch) {
    ControllerWorld world;
    world.start_brokers(1);
    CreateTopicsRequest request;
    Topic& wish = request.topics.emplace_back(topic("orders", 2, 1));
    wish.configs.emplace_back().name = "retention.ms";
    wish.configs.back().value = "1000";
    const auto reply = world.ask(request);
    ASSERT_EQ(reply.topics.size(), 1u);
    EXPECT_EQ(reply.topics[0].error_code, ErrorCode::none);
    EXPECT_EQ(reply.topics[0].num_partitions, 2);
    EXPECT_EQ(reply.topics[0].replication_factor, 1);
    EXPECT_FALSE(reply.topics[0].configs->empty());
    ASSERT_EQ(world.last.size(), 4u);
    EXPECT_EQ(type_name(world.last[0]), "TopicRecord");
    EXPECT_EQ(type_name(world.last[1]), "ConfigRecord");
    EXPECT_EQ(type_name(world.last[2]), "PartitionRecord");
    const PartitionRegistration& partition = world.partition("orders", 1);
    EXPECT_EQ(partition.leader, NodeId{1});
    EXPECT_EQ(partition.directories, std::vector{ControllerWorld::directory(1)});
    EXPECT_EQ(world.image().topics.find("orders")->id, reply.topics[0].topic_id);
}

TEST(TopicRequests, DefaultsOfTheNodeHoldWhereTheRequestSaysNothing) {
    NodeSettings node = ControllerWorld::settings();
    node.config.num_partitions = 3;
    node.config.default_replication_factor = 2;
    ControllerWorld world(1, std::move(node));
    world.start_brokers(2);
    EXPECT_EQ(world.create("t", -1, -1).topics[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.image().topics.find("t")->partitions.size(), 3u);
    EXPECT_EQ(world.partition("t", 2).replicas.size(), 2u);
}

TEST(TopicRequests, OnlyLookingChangesNothing) {
    ControllerWorld world;
    world.start_brokers(1);
    CreateTopicsRequest request;
    request.topics.push_back(topic("t", 1, 1));
    request.validate_only = true;
    EXPECT_EQ(world.ask(request).topics[0].error_code, ErrorCode::none);
    EXPECT_TRUE(world.last.empty());
    EXPECT_FALSE(world.image().topics.find("t"));
}

struct Refusal {
    std::string_view name;
    std::int32_t partitions;
    std::int16_t replicas;
    std::vector<std::vector<std::int32_t>> assignments;
    ErrorCode code;
    std::string_view words;
};

class RefusedTopic : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedTopic, HasKafkasErrorAndWords) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create("there_is", 1, 1);
    CreateTopicsRequest request;
    Topic& wish = request.topics.emplace_back(topic(GetParam().name, GetParam().partitions, GetParam().replicas));
    std::int32_t index = 0;
    for (const auto& replicas : GetParam().assignments) {
        auto& assignment = wish.assignments.emplace_back();
        assignment.partition_index = index++;
        assignment.broker_ids = replicas;
    }
    request.topics.push_back(topic("fine", 1, 1));
    const auto reply = world.ask(request);
    ASSERT_EQ(reply.topics.size(), 2u);
    const auto& refused = reply.topics[0].name == "fine" ? reply.topics[1] : reply.topics[0];
    EXPECT_EQ(refused.error_code, GetParam().code);
    EXPECT_EQ(refused.error_message, GetParam().words);
    EXPECT_TRUE(world.image().topics.find("fine"));
}

INSTANTIATE_TEST_SUITE_P(
    TopicRequests, RefusedTopic,
    testing::Values(
        Refusal{"there_is", 1, 1, {}, ErrorCode::topic_already_exists, "Topic 'there_is' already exists."},
        Refusal{
            "there.is",
            1,
            1,
            {},
            ErrorCode::invalid_topic_exception,
            "Topic 'there.is' collides with existing topic: there_is"
        },
        Refusal{
            "a b",
            1,
            1,
            {},
            ErrorCode::invalid_topic_exception,
            "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' "
            "and '-'"
        },
        Refusal{
            "__cluster_metadata",
            1,
            1,
            {},
            ErrorCode::invalid_request,
            "Creation of internal topic __cluster_metadata is prohibited."
        },
        Refusal{
            "t",
            0,
            1,
            {},
            ErrorCode::invalid_partitions,
            "Number of partitions was set to an invalid non-positive value."
        },
        Refusal{
            "t",
            1,
            0,
            {},
            ErrorCode::invalid_replication_factor,
            "Replication factor must be larger than 0, or -1 to use the default value."
        },
        Refusal{
            "t",
            1,
            3,
            {},
            ErrorCode::invalid_replication_factor,
            "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached "
            "because only 1 broker(s) are registered or some brokers have all their log directories cordoned."
        },
        Refusal{
            "t",
            1,
            -1,
            {{1}},
            ErrorCode::invalid_request,
            "A manual partition assignment was specified, but numPartitions was not set to -1."
        },
        Refusal{
            "t",
            -1,
            1,
            {{1}},
            ErrorCode::invalid_request,
            "A manual partition assignment was specified, but replication factor was not set to -1."
        },
        Refusal{
            "t",
            -1,
            -1,
            {{2}},
            ErrorCode::invalid_replica_assignment,
            "The manual partition assignment includes broker 2, but no such broker is registered."
        },
        Refusal{
            "t",
            -1,
            -1,
            {{1, 1}},
            ErrorCode::invalid_replica_assignment,
            "The manual partition assignment includes the broker 1 more than once."
        },
        Refusal{
            "t",
            -1,
            -1,
            {{}},
            ErrorCode::invalid_replica_assignment,
            "The manual partition assignment includes an empty replica list."
        }
    )
);

TEST(TopicRequests, RequestForTooManyPartitionsIsRefusedAsAWhole) {
    ControllerWorld world;
    world.start_brokers(1);
    CreateTopicsRequest request;
    request.topics = {topic("a", 9999, 1), topic("b", 2, 1)};
    for (const auto& each : world.ask(request).topics) {
        EXPECT_EQ(each.error_code, ErrorCode::policy_violation);
    }
    EXPECT_TRUE(world.last.empty());
}

TEST(TopicRequests, NameThatComesTwiceIsRefusedOnce) {
    ControllerWorld world;
    world.start_brokers(1);
    CreateTopicsRequest request;
    request.topics = {topic("a", 1, 1), topic("a", 2, 1)};
    const auto reply = world.ask(request);
    ASSERT_EQ(reply.topics.size(), 1u);
    EXPECT_EQ(reply.topics[0].error_message, "Duplicate topic name.");
}

TEST(TopicRequests, ReplicasSpreadOverRacksAndLeadersOverBrokers) {
    ControllerWorld world;
    for (std::int32_t id = 1; id <= 6; ++id) {
        world.register_broker(id, {1, static_cast<std::uint64_t>(1000 + id)}, -1, id % 2 == 0 ? "even" : "odd");
        world.heartbeat(id);
    }
    world.create("t", 12, 2);
    std::map<NodeId, int> leaders;
    for (const auto& [id, partition] : world.image().topics.find("t")->partitions) {
        ++leaders[partition->leader];
        EXPECT_NE(partition->replicas[0].value % 2, partition->replicas[1].value % 2);
    }
    EXPECT_EQ(leaders.size(), 6u);
    for (const auto& [id, count] : leaders) {
        EXPECT_EQ(count, 2);
    }
}

TEST(TopicRequests, FencedBrokersTakeReplicasButLeadNothing) {
    ControllerWorld world;
    world.start_brokers(2);
    world.register_broker(3, {1, 1003});
    world.create("t", 4, 3);
    for (const auto& [id, partition] : world.image().topics.find("t")->partitions) {
        EXPECT_TRUE(partition->has_replica({3}));
        EXPECT_FALSE(partition->is_in_sync({3}));
        EXPECT_NE(partition->leader, NodeId{3});
    }
}

TEST(TopicRequests, DeletedTopicTakesItsSettingsAlong) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create("t", 1, 1);
    DeleteTopicsRequest request;
    request.topics.emplace_back().name = "t";
    const auto reply = world.ask(request);
    EXPECT_EQ(reply.responses[0].error_code, ErrorCode::none);
    EXPECT_FALSE(reply.responses[0].topic_id.is_zero());
    EXPECT_FALSE(world.image().topics.find("t"));
    EXPECT_EQ(world.ask(request).responses[0].error_code, ErrorCode::unknown_topic_or_partition);
}

TEST(TopicRequests, TopicIsDeletedByIdOrByNameButNotByBoth) {
    ControllerWorld world;
    world.start_brokers(1);
    const TopicId id = world.create("t", 1, 1).topics[0].topic_id;
    DeleteTopicsRequest request;
    auto& wish = request.topics.emplace_back();
    wish.topic_id = id;
    wish.name = "t";
    EXPECT_EQ(world.ask(request).responses[0].error_code, ErrorCode::invalid_request);
    wish.name.reset();
    EXPECT_EQ(world.ask(request).responses[0].name, "t");
    EXPECT_EQ(world.ask(request).responses[0].error_code, ErrorCode::unknown_topic_id);
}

TEST(TopicRequests, NothingIsDeletedWhereDeletionIsSwitchedOff) {
    NodeSettings node = ControllerWorld::settings();
    node.config.delete_topic_enable = false;
    ControllerWorld world(1, std::move(node));
    world.start_brokers(1);
    world.create("t", 1, 1);
    DeleteTopicsRequest request;
    request.topic_names = {"t"};
    EXPECT_EQ(world.ask(request, 5).responses[0].error_code, ErrorCode::topic_deletion_disabled);
    EXPECT_TRUE(world.image().topics.find("t"));
}

CreatePartitionsResponse grow(
    ControllerWorld& world, std::int32_t count, std::optional<std::vector<std::vector<std::int32_t>>> assignments = {}
) {
    CreatePartitionsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "t";
    topic.count = count;
    topic.assignments.reset();
    if (assignments) {
        topic.assignments.emplace();
        for (const auto& replicas : *assignments) {
            topic.assignments->emplace_back().broker_ids = replicas;
        }
    }
    return world.ask(request);
}

TEST(TopicRequests, TopicGrowsButNeverShrinks) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create("t", 2, 1);
    EXPECT_EQ(grow(world, 5).results[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.image().topics.find("t")->partitions.size(), 5u);
    EXPECT_EQ(grow(world, 5).results[0].error_message, "Topic already has 5 partition(s).");
    EXPECT_EQ(
        grow(world, 4).results[0].error_message, "The topic t currently has 5 partition(s); 4 would not be an increase."
    );
    EXPECT_EQ(
        grow(world, 7, {{{1}}}).results[0].error_message,
        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified."
    );
    EXPECT_EQ(grow(world, 6, {{{1, 2}}}).results[0].error_code, ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(grow(world, 6, {{{1}}}).results[0].error_code, ErrorCode::none);
    EXPECT_EQ(grow(world, 20000).results[0].error_code, ErrorCode::policy_violation);
}

/// One partition a second, eleven at once.
std::shared_ptr<MutationQuota> slow_quota(bool strict, Counter& used) {
    auto sensor = std::make_shared<MutationSensor>(QuotaWindows{});
    sensor->set_limit(1);
    return std::make_shared<MutationQuota>(std::move(sensor), strict, used);
}

TEST(TopicRequests, QuotaIsChargedForPartitionsThatAreMadeAndRemoved) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create("old", 4, 1);
    Counter used;
    world.quota = slow_quota(true, used);
    CreateTopicsRequest request;
    request.topics = {topic("a", 5, 1), topic("b.", -5, 1), topic("c", 5, 1)};
    for (const auto& result : world.ask(request).topics) {
        EXPECT_EQ(result.error_code, result.name == "b." ? ErrorCode::invalid_partitions : ErrorCode::none);
    }
    EXPECT_EQ(used.value(), 10);
    CreatePartitionsRequest more;
    more.topics.push_back({.name = "old", .count = 6, .assignments = std::nullopt});
    EXPECT_EQ(world.ask(more).results[0].error_code, ErrorCode::none);
    EXPECT_EQ(used.value(), 12);
    EXPECT_EQ(world.quota->throttle_time(world.now).count(), 0);
    DeleteTopicsRequest removal;
    removal.topics.push_back({.name = "old", .topic_id = {}});
    const auto refused = world.ask(removal).responses[0];
    EXPECT_EQ(refused.error_code, ErrorCode::throttling_quota_exceeded);
    EXPECT_EQ(refused.error_message, std::nullopt);
    EXPECT_EQ(world.ask(request).topics[0].error_code, ErrorCode::topic_already_exists);
    more.topics[0].count = 7;
    EXPECT_EQ(world.ask(more).results[0].error_code, ErrorCode::throttling_quota_exceeded);
    EXPECT_EQ(world.quota->throttle_time(world.now), std::chrono::seconds(1));
    EXPECT_EQ(world.partition("old", 5).leader, NodeId{1});
    EXPECT_EQ(world.image().topics.find("old")->partitions.size(), 6u);
    world.now += std::chrono::seconds(1);
    EXPECT_EQ(world.ask(removal).responses[0].error_code, ErrorCode::none);
}

TEST(TopicRequests, OldVersionsAreToldToWaitOnly) {
    ControllerWorld world;
    world.start_brokers(1);
    Counter used;
    world.quota = slow_quota(false, used);
    EXPECT_EQ(world.create("a", 15, 1).topics[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.create("b", 1, 1).topics[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.quota->throttle_time(world.now), std::chrono::seconds(5));
}

}  // namespace
}  // namespace barnabas
