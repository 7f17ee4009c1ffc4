// DescribeQuorum (API 55, KIP-595, KIP-836). Version 2 adds directories and endpoints of the voters (KIP-853).

#include "protocol/describe_quorum.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/quorum_source.h"
#include "model/internal_topics.h"

namespace barnabas {

namespace {

using QuorumPartition = DescribeQuorumResponse::PartitionData;
using Replica = DescribeQuorumResponse::ReplicaState;

Replica replica_state(const QuorumReplica& replica) {
    return {
        .replica_id = replica.key.id.value,
        .replica_directory_id = replica.key.directory,
        .log_end_offset = replica.log_end.value,
        .last_fetch_timestamp = replica.last_fetch.time_since_epoch().count(),
        .last_caught_up_timestamp = replica.last_caught_up.time_since_epoch().count(),
    };
}

QuorumPartition describe(std::int32_t index, bool is_metadata, const Expected<QuorumInfo>& quorum) {
    QuorumPartition partition{.partition_index = index, .error_code = ErrorCode::none, .error_message = ""};
    if (!is_metadata || index != 0) {
        partition.error_code = ErrorCode::unknown_topic_or_partition;
        partition.error_message = text(ErrorCode::unknown_topic_or_partition);
        return partition;
    }
    if (!quorum) {
        partition.error_code = quorum.error().code;
        partition.error_message = quorum.error().detail;
        return partition;
    }
    partition.leader_id = quorum->leader.value;
    partition.leader_epoch = quorum->epoch.value;
    partition.high_watermark = quorum->high_watermark.value;
    for (const QuorumReplica& voter : quorum->voters) {
        partition.current_voters.push_back(replica_state(voter));
    }
    for (const QuorumReplica& observer : quorum->observers) {
        partition.observers.push_back(replica_state(observer));
    }
    return partition;
}

void add_nodes(DescribeQuorumResponse& response, const VoterSet& voters) {
    for (const auto& [id, voter] : voters.voters()) {
        auto& node = response.nodes.emplace_back();
        node.node_id = id.value;
        for (const auto& endpoint : voter.endpoints) {
            node.listeners.push_back({.name = endpoint.listener, .host = endpoint.host, .port = endpoint.port});
        }
    }
}

}  // namespace

Task<DescribeQuorumResponse> handle(RequestContext& context, DescribeQuorumRequest request) {
    DescribeQuorumResponse response;
    if (!AccessRights(context).allows_cluster(AclOperation::describe)) {
        response.error_code = ErrorCode::cluster_authorization_failed;
        response.error_message = cluster_refusal(AclOperation::describe).detail;
        co_return response;
    }
    response.error_message = "";
    const auto quorum = co_await context.broker.quorum.quorum();
    bool asks_for_metadata = false;
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.topic_name = topic.topic_name;
        const bool is_metadata = topic.topic_name == cluster_metadata_topic;
        for (const auto& partition : topic.partitions) {
            answered.partitions.push_back(describe(partition.partition_index, is_metadata, quorum));
            asks_for_metadata = asks_for_metadata || (is_metadata && partition.partition_index == 0);
        }
    }
    if (asks_for_metadata && quorum) {
        add_nodes(response, quorum->voter_set);
    }
    co_return response;
}

}  // namespace barnabas
