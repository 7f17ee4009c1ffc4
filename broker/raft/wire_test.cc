#include "raft/wire.h"

#include <gtest/gtest.h>

namespace barnabas::raft {
namespace {

constexpr std::string_view cluster = "Pr4ZpUZdQK2sszvqbUZ3mA";
const VoterSet voters({{{{1}, {7, 1}}, {{"CONTROLLER", "one", 9093}}, 0, 1}, {{{2}, {7, 2}}, {}, 0, 1}});

VoteRequest vote_request() {
    VoteRequest request;
    request.cluster_id = cluster;
    request.voter_id = 2;
    auto& topic = request.topics.emplace_back();
    topic.topic_name = "__cluster_metadata";
    auto& partition = topic.partitions.emplace_back();
    partition.replica_epoch = 5;
    partition.replica_id = 1;
    partition.last_offset_epoch = 4;
    partition.last_offset = 100;
    partition.pre_vote = true;
    return request;
}

TEST(RaftWire, ReadsAVote) {
    const auto vote = from_wire(vote_request(), cluster);
    ASSERT_TRUE(vote);
    EXPECT_EQ(vote->candidate.id, NodeId{1});
    EXPECT_EQ(vote->voter.id, NodeId{2});
    EXPECT_EQ(vote->epoch, LeaderEpoch{5});
    EXPECT_EQ(vote->last, (LogPoint{{4}, {100}}));
    EXPECT_TRUE(vote->pre_vote);
}

TEST(RaftWire, RefusesAnotherClusterPartitionOrNumber) {
    EXPECT_EQ(from_wire(vote_request(), "other").error().code, ErrorCode::inconsistent_cluster_id);
    VoteRequest request = vote_request();
    request.topics[0].partitions[0].partition_index = 1;
    EXPECT_EQ(from_wire(request, cluster).error().code, ErrorCode::invalid_request);
    request = vote_request();
    request.topics[0].topic_name = "orders";
    EXPECT_EQ(from_wire(request, cluster).error().code, ErrorCode::invalid_request);
    request = vote_request();
    request.topics[0].partitions[0].last_offset = -1;
    EXPECT_EQ(from_wire(request, cluster).error().code, ErrorCode::invalid_request);
    EXPECT_EQ(from_wire(VoteRequest(), cluster).error().code, ErrorCode::invalid_request);
}

TEST(RaftWire, ReadsAFetchByTopicNameOrId) {
    FetchRequest request;
    request.replica_state.replica_id = 2;
    request.max_bytes = 1000;
    request.max_wait_ms = 500;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = {0, 1};
    auto& partition = topic.partitions.emplace_back();
    partition.current_leader_epoch = 3;
    partition.fetch_offset = 10;
    partition.last_fetched_epoch = 2;
    EXPECT_TRUE(is_metadata_fetch(request));
    const auto fetch = from_wire(request, cluster);
    ASSERT_TRUE(fetch);
    EXPECT_EQ(fetch->replica.id, NodeId{2});
    EXPECT_EQ(fetch->end, (LogPoint{{2}, {10}}));
    EXPECT_EQ(fetch->high_watermark, unknown_high_watermark);
    EXPECT_EQ(fetch->most_bytes, 1000) << "Kafka's replicas leave the partition's bound at 0";
    request.topics[0].topic = "orders";
    request.topics[0].topic_id = {};
    EXPECT_FALSE(is_metadata_fetch(request));
}

TEST(RaftWire, NamesTheLeaderAndItsEndpoint) {
    const ReplyHead head{ErrorCode::not_leader_or_follower, {5}, {1}};
    const auto response = to_wire(VoteReply{head, false}, leader_endpoint(head, voters, "CONTROLLER"));
    EXPECT_EQ(response.topics.at(0).partitions.at(0).leader_id, 1);
    EXPECT_EQ(response.topics[0].partitions[0].leader_epoch, 5);
    EXPECT_EQ(response.node_endpoints.at(0).host, "one");
    EXPECT_EQ(leader_endpoint({ErrorCode::none, {5}, {2}}, voters, "CONTROLLER").has_value(), false);
}

TEST(RaftWire, SaysWhereLogsPart) {
    FetchReply reply;
    reply.diverging = LogPoint{{2}, {40}};
    const auto response = to_wire(reply, std::nullopt);
    EXPECT_EQ(response.responses.at(0).partitions.at(0).diverging_epoch.epoch, 2);
    EXPECT_EQ(response.responses[0].partitions[0].diverging_epoch.end_offset, 40);
    EXPECT_EQ(response.responses[0].partitions[0].snapshot_id.end_offset, -1);
}

TEST(RaftWire, DescribesTheQuorumOnItsLeaderOnly) {
    DescribeQuorumRequest request;
    auto& topic = request.topics.emplace_back();
    topic.topic_name = "__cluster_metadata";
    topic.partitions.emplace_back();
    QuorumInfo info{{1}, {5}, {99}, {{{{1}, {7, 1}}, {100}, Timestamp{}, Timestamp{}}}, {}, voters, 1};
    const auto response = describe_quorum(request, info, {1});
    EXPECT_EQ(response.topics.at(0).partitions.at(0).current_voters.at(0).log_end_offset, 100);
    EXPECT_EQ(response.topics[0].partitions[0].high_watermark, 99);
    EXPECT_EQ(response.nodes.size(), 2u);
    const auto elsewhere = describe_quorum(request, info, {2});
    EXPECT_EQ(elsewhere.topics.at(0).partitions.at(0).error_code, ErrorCode::not_leader_or_follower);
    EXPECT_TRUE(elsewhere.nodes.empty());
    request.topics[0].topic_name = "orders";
    EXPECT_EQ(
        describe_quorum(request, info, {1}).topics.at(0).partitions.at(0).error_code,
        ErrorCode::unknown_topic_or_partition
    );
}

}  // namespace
}  // namespace barnabas::raft
