#include "controller/partition_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

ErrorCode error_of(const AlterPartitionResponse& reply) {
    return reply.topics[0].partitions[0].error_code;
}

TEST(AlterPartition, RecordsTheProposedIsr) {
    ControllerWorld world;
    world.start_brokers(3);
    world.create_on("t", {1, 2, 3});
    const auto reply = world.propose_isr("t", {1, 3});
    EXPECT_EQ(error_of(reply), ErrorCode::none);
    EXPECT_EQ(reply.topics[0].partitions[0].isr, (std::vector{1, 3}));
    EXPECT_EQ(reply.topics[0].partitions[0].partition_epoch, 1);
    EXPECT_EQ(world.partition("t").isr, nodes({1, 3}));
    EXPECT_EQ(world.partition("t").leader_epoch, LeaderEpoch{0});
}

TEST(AlterPartition, RefusesReplicasThatMayNotBeInSync) {
    ControllerWorld world;
    world.start_brokers(3);
    world.create_on("t", {1, 2});
    EXPECT_EQ(error_of(world.propose_isr("t", {1, 3})), ErrorCode::invalid_request);  // no replica there
    EXPECT_EQ(error_of(world.propose_isr("t", {2})), ErrorCode::invalid_request);     // the leader is missing
    EXPECT_EQ(error_of(world.propose_isr("t", {1, 1})), ErrorCode::invalid_request);
    EXPECT_EQ(error_of(world.propose_isr("t", {})), ErrorCode::invalid_request);
    world.heartbeat(2, true);  // fenced
    EXPECT_EQ(error_of(world.propose_isr("t", {1, 2})), ErrorCode::ineligible_replica);
}

TEST(AlterPartition, RefusesWhoIsBehindOrAhead) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    const PartitionRegistration& state = world.partition("t");
    AlterPartitionRequest request;
    request.broker_id = 1;
    request.broker_epoch = world.image().cluster.broker({1})->epoch.value;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = world.image().topics.find("t")->id;
    auto& wish = topic.partitions.emplace_back();
    wish.new_isr_with_epochs.emplace_back().broker_id = 1;
    wish.leader_epoch = state.leader_epoch.value + 1;
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::not_controller);
    wish.leader_epoch = state.leader_epoch.value - 1;
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::fenced_leader_epoch);
    wish.leader_epoch = state.leader_epoch.value;
    wish.partition_epoch = state.partition_epoch.value - 1;
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::invalid_update_version);
    wish.partition_epoch = state.partition_epoch.value + 1;
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::not_controller);
    wish.partition_epoch = state.partition_epoch.value;
    wish.partition_index = 7;
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::unknown_topic_or_partition);
    topic.topic_id = {4, 4};
    EXPECT_EQ(error_of(world.ask(request)), ErrorCode::unknown_topic_id);
    request.broker_epoch = 0;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::stale_broker_epoch);
}

TEST(AlterPartition, ReplicasThatDropOutStayEligibleWhileTooFewAreInSync) {
    ControllerWorld world;
    world.start_brokers(3);
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "t";
    topic.num_partitions = 1;
    topic.replication_factor = 3;
    auto& setting = topic.configs.emplace_back();
    setting.name = "min.insync.replicas";
    setting.value = "2";
    world.ask(request);
    const std::int32_t leader = world.partition("t").leader.value;
    world.propose_isr("t", {leader});
    EXPECT_EQ(world.partition("t").eligible_leader_replicas.size(), 2u);
    // With enough in sync again, nobody else is eligible.
    const std::int32_t other = world.partition("t").eligible_leader_replicas.front().value;
    world.propose_isr("t", {leader, other});
    EXPECT_TRUE(world.partition("t").eligible_leader_replicas.empty());
}

TEST(UncleanElection, HappensOnlyWhereItIsAllowed) {
    for (const bool allowed : {false, true}) {
        NodeSettings node = ControllerWorld::settings();
        node.config.unclean_leader_election_enable = allowed;
        ControllerWorld world(1, std::move(node));
        world.start_brokers(2);
        world.create_on("t", {1, 2});
        world.propose_isr("t", {1});
        world.now += 5s;
        world.heartbeat(2);
        world.now += 4s;
        world.expire();
        EXPECT_EQ(world.partition("t").leader, allowed ? NodeId{2} : no_node);
        if (allowed) {
            EXPECT_EQ(world.partition("t").isr, nodes({2}));
            EXPECT_EQ(world.partition("t").leader_recovery, LeaderRecovery::recovering);
        }
    }
}

ElectLeadersResponse elect(ControllerWorld& world, std::int8_t type) {
    ElectLeadersRequest request;
    request.election_type = type;
    request.topic_partitions->emplace_back().topic = "t";
    request.topic_partitions->back().partitions = {0};
    return world.ask(request);
}

ErrorCode error_of(const ElectLeadersResponse& reply) {
    return reply.replica_election_results[0].partition_result[0].error_code;
}

TEST(ElectLeaders, BringsThePreferredLeaderBack) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    EXPECT_EQ(error_of(elect(world, 0)), ErrorCode::election_not_needed);
    world.heartbeat(1, true);
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_EQ(error_of(elect(world, 0)), ErrorCode::preferred_leader_not_available);
    world.heartbeat(1);
    world.propose_isr("t", {2, 1});
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_EQ(error_of(elect(world, 0)), ErrorCode::none);
    EXPECT_EQ(world.partition("t").leader, NodeId{1});
    EXPECT_EQ(elect(world, 5).error_code, ErrorCode::invalid_request);
}

TEST(AssignReplicas, RecordsWhereTheReplicaLives) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create_on("t", {1});
    AssignReplicasToDirsRequest request;
    request.broker_id = 1;
    request.broker_epoch = world.image().cluster.broker({1})->epoch.value;
    auto& directory = request.directories.emplace_back();
    directory.id = {77, 9999};  // not one of the broker's: the replica is offline there
    auto& topic = directory.topics.emplace_back();
    topic.topic_id = world.image().topics.find("t")->id;
    topic.partitions.emplace_back();
    EXPECT_EQ(world.ask(request).directories[0].topics[0].partitions[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.partition("t").directory({1}), (Uuid{77, 9999}));
    EXPECT_FALSE(world.partition("t").has_leader());
    topic.partitions[0].partition_index = 3;
    EXPECT_EQ(
        world.ask(request).directories[0].topics[0].partitions[0].error_code, ErrorCode::unknown_topic_or_partition
    );
}

TEST(ProducerIds, AreGivenOutOnce) {
    ControllerWorld world;
    world.start_brokers(1);
    AllocateProducerIdsRequest request;
    request.broker_id = 1;
    request.broker_epoch = world.image().cluster.broker({1})->epoch.value;
    EXPECT_EQ(world.ask(request).producer_id_start, 0);
    EXPECT_EQ(world.ask(request).producer_id_start, 1000);
    EXPECT_EQ(world.ask(request).producer_id_len, 1000);
    request.broker_epoch = 0;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::stale_broker_epoch);
}

}  // namespace
}  // namespace barnabas
