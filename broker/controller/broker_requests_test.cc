#include "controller/broker_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

constexpr Uuid first_run{1, 1001};
constexpr Uuid second_run{1, 2002};

TEST(BrokerRequests, NewBrokerIsFencedUntilItHasCaughtUp) {
    ControllerWorld world;
    const auto registered = world.register_broker(1, first_run);
    EXPECT_EQ(registered.error_code, ErrorCode::none);
    EXPECT_EQ(registered.broker_epoch, world.next_offset.value - 1);
    EXPECT_TRUE(world.image().cluster.broker({1})->fenced);

    BrokerHeartbeatRequest behind;
    behind.broker_id = 1;
    behind.broker_epoch = registered.broker_epoch;
    behind.current_metadata_offset = registered.broker_epoch - 1;
    EXPECT_TRUE(world.ask(behind).is_fenced);
    EXPECT_FALSE(world.heartbeat(1).is_fenced);
    EXPECT_TRUE(world.image().cluster.is_active({1}));
}

TEST(BrokerRequests, HeartbeatWritesNothingWhenNothingChanges) {
    ControllerWorld world;
    world.start_brokers(1);
    world.heartbeat(1);
    EXPECT_TRUE(world.last.empty());
}

TEST(BrokerRequests, OnlyTheLatestRegistrationMaySendHeartbeats) {
    ControllerWorld world;
    world.start_brokers(1);
    BrokerHeartbeatRequest request;
    request.broker_id = 1;
    request.broker_epoch = 1;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::stale_broker_epoch);
    request.broker_id = 9;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::broker_id_not_registered);
}

TEST(BrokerRequests, SecondProcessUnderALivingIdIsRefusedUntilTheSessionEnds) {
    ControllerWorld world;
    world.start_brokers(1);
    EXPECT_EQ(world.register_broker(1, second_run).error_code, ErrorCode::duplicate_broker_registration);
    world.now += 9s;
    EXPECT_EQ(world.register_broker(1, second_run).error_code, ErrorCode::none);
}

TEST(BrokerRequests, NodeThatStartsAgainNeedNotWaitForItsFormerSession) {
    ControllerWorld world;
    world.start_brokers(2);
    ControllerRegistration restarted = *world.image().cluster.controller({1});
    restarted.incarnation = {1, 77};
    world.commit(world.controller.activate(MetadataImage(world.image()), false, {}, restarted, world.point()));
    EXPECT_EQ(world.register_broker(2, second_run).error_code, ErrorCode::duplicate_broker_registration);
    EXPECT_EQ(world.register_broker(1, second_run).error_code, ErrorCode::none);
}

TEST(BrokerRequests, SameProcessMayAmendItsRegistration) {
    ControllerWorld world;
    world.start_brokers(1);
    const BrokerEpoch before = world.image().cluster.broker({1})->epoch;
    EXPECT_EQ(world.register_broker(1, first_run, -1, "rack-a").broker_epoch, before.value);
    EXPECT_TRUE(world.image().cluster.is_active({1}));
    EXPECT_EQ(world.image().cluster.broker({1})->rack, "rack-a");
}

TEST(BrokerRequests, BrokerOfAnotherClusterIsRefused) {
    ControllerWorld world;
    BrokerRegistrationRequest request;
    request.broker_id = 1;
    request.cluster_id = "another";
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::inconsistent_cluster_id);
}

TEST(BrokerRequests, DirectoryOfAnotherBrokerIsRefused) {
    ControllerWorld world;
    world.start_brokers(1);
    BrokerRegistrationRequest request;
    request.broker_id = 2;
    request.cluster_id = "cluster";
    request.log_dirs = {ControllerWorld::directory(1)};
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::invalid_registration);
    request.log_dirs.clear();
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::invalid_registration);
}

TEST(BrokerRequests, BrokerThatCannotDoWhatTheClusterDoesIsRefused) {
    ControllerWorld world;
    BrokerRegistrationRequest request;
    request.broker_id = 2;
    request.cluster_id = "cluster";
    request.log_dirs = {ControllerWorld::directory(2)};
    auto& offered = request.features.emplace_back();
    offered.name = "metadata.version";
    offered.min_supported_version = 7;
    offered.max_supported_version = 29;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::unsupported_version);
}

TEST(BrokerRequests, SilentBrokerLosesItsLeadership) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    EXPECT_EQ(world.partition("t").leader, NodeId{1});
    world.now += 5s;
    world.heartbeat(2);
    world.now += 4s;
    EXPECT_LE(world.controller.next_deadline(), world.now);
    world.expire();
    EXPECT_TRUE(world.image().cluster.broker({1})->fenced);
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_EQ(world.partition("t").isr, nodes({2}));
    EXPECT_EQ(world.partition("t").leader_epoch, LeaderEpoch{1});
    EXPECT_GT(world.controller.next_deadline(), world.now);
}

TEST(BrokerRequests, LastInSyncReplicaStaysEligibleAndLeadsAgainWhenItReturns) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create_on("t", {1});
    world.now += 9s;
    world.expire();
    EXPECT_FALSE(world.partition("t").has_leader());
    EXPECT_TRUE(world.partition("t").isr.empty());
    EXPECT_EQ(world.partition("t").eligible_leader_replicas, nodes({1}));
    EXPECT_EQ(world.partition("t").last_known_elr, nodes({1}));
    EXPECT_FALSE(world.heartbeat(1).is_fenced);
    EXPECT_EQ(world.partition("t").leader, NodeId{1});
    EXPECT_EQ(world.partition("t").isr, nodes({1}));
    EXPECT_TRUE(world.partition("t").eligible_leader_replicas.empty());
    EXPECT_EQ(world.partition("t").leader_recovery, LeaderRecovery::recovered);
}

TEST(BrokerRequests, BrokerLeavesWhenOthersLeadAndKnowIt) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    EXPECT_FALSE(world.heartbeat(1, false, true).should_shut_down);
    EXPECT_TRUE(world.image().cluster.broker({1})->in_controlled_shutdown);
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_FALSE(world.heartbeat(1, false, true).should_shut_down);  // broker 2 has not read of it yet
    world.heartbeat(2);
    EXPECT_TRUE(world.heartbeat(1, false, true).should_shut_down);
    EXPECT_TRUE(world.image().cluster.broker({1})->fenced);
}

TEST(BrokerRequests, OrderlyRestartOfASingleBrokerKeepsItsLeadership) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create_on("t", {1});
    const BrokerEpoch epoch = world.image().cluster.broker({1})->epoch;
    world.heartbeat(1, false, true);
    EXPECT_TRUE(world.heartbeat(1, false, true).should_shut_down);
    EXPECT_EQ(world.register_broker(1, second_run, epoch.value).error_code, ErrorCode::none);
    world.heartbeat(1);
    EXPECT_EQ(world.partition("t").leader, NodeId{1});
    EXPECT_EQ(world.partition("t").leader_recovery, LeaderRecovery::recovered);
}

TEST(BrokerRequests, KilledSingleBrokerLeadsAgainAndHasToRecover) {
    ControllerWorld world;
    world.start_brokers(1);
    world.create_on("t", {1});
    world.now += 9s;
    EXPECT_EQ(world.register_broker(1, second_run, -1).error_code, ErrorCode::none);
    EXPECT_FALSE(world.partition("t").has_leader());
    EXPECT_TRUE(world.partition("t").eligible_leader_replicas.empty());
    world.heartbeat(1);
    EXPECT_EQ(world.partition("t").leader, NodeId{1});
    EXPECT_EQ(world.partition("t").leader_recovery, LeaderRecovery::recovering);
    const auto recovered = world.propose_isr("t", {1});
    EXPECT_EQ(recovered.topics[0].partitions[0].error_code, ErrorCode::none);
    EXPECT_EQ(world.partition("t").leader_recovery, LeaderRecovery::recovered);
}

TEST(BrokerRequests, UnregisteredBrokerIsForgotten) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    UnregisterBrokerRequest request;
    request.broker_id = 1;
    EXPECT_EQ(world.ask(request).error_code, ErrorCode::none);
    EXPECT_FALSE(world.image().cluster.broker({1}));
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_EQ(world.ask(request).error_message, "Broker ID 1 is not currently registered");
}

TEST(BrokerRequests, FailedDirectoryCostsItsReplicasOnly) {
    ControllerWorld world;
    world.start_brokers(2);
    world.create_on("t", {1, 2});
    BrokerHeartbeatRequest request;
    request.broker_id = 1;
    request.broker_epoch = world.image().cluster.broker({1})->epoch.value;
    request.current_metadata_offset = world.next_offset.value;
    request.offline_log_dirs = {ControllerWorld::directory(1)};
    EXPECT_FALSE(world.ask(request).is_fenced);
    EXPECT_EQ(world.partition("t").leader, NodeId{2});
    EXPECT_EQ(world.partition("t").isr, nodes({2}));
}

}  // namespace
}  // namespace barnabas
