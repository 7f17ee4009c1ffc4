#include "raft/wire.h"

namespace barnabas::raft {

namespace {

constexpr std::string_view metadata_topic = "__cluster_metadata";
constexpr TopicId metadata_topic_id{0, 1};

template <class Topic>
bool is_metadata(const Topic& topic) {
    if constexpr (requires { topic.topic_name; }) {
        return topic.topic_name == metadata_topic;
    } else if constexpr (requires { topic.topic_id; }) {
        return topic.topic == metadata_topic || topic.topic_id == metadata_topic_id;
    } else {
        return topic.name == metadata_topic;
    }
}

template <class Partition>
std::int32_t index_of(const Partition& partition) {
    if constexpr (requires { partition.partition_index; }) {
        return partition.partition_index;
    } else {
        return partition.partition;
    }
}

/// The one partition that a request may be about.
template <class Request>
auto metadata_partition(const Request& request, std::string_view cluster_id)
    -> Expected<const std::remove_cvref_t<decltype(request.topics.front().partitions.front())>*> {
    if (request.cluster_id && *request.cluster_id != cluster_id) {
        return fail(
            ErrorCode::inconsistent_cluster_id,
            fmt::format("the request is for cluster {}, this is {}", *request.cluster_id, cluster_id)
        );
    }
    const auto& topics = request.topics;
    const bool one = topics.size() == 1 && is_metadata(topics[0]) && topics[0].partitions.size() == 1 &&
                     index_of(topics[0].partitions[0]) == 0;
    if (!one) {
        return fail(ErrorCode::invalid_request, fmt::format("it is not about {}-0 alone", metadata_topic));
    }
    return &topics[0].partitions[0];
}

std::unexpected<Error> impossible(std::string_view what) {
    return fail(ErrorCode::invalid_request, fmt::format("{} is below 0", what));
}

template <class Response>
void add_endpoint(Response& response, const std::optional<LeaderEndpoint>& leader) {
    if (leader) {
        auto& node = response.node_endpoints.emplace_back();
        node.node_id = leader->leader.value;
        node.host = leader->host;
        node.port = leader->port;
    }
}

/// Vote, BeginQuorumEpoch and EndQuorumEpoch answer alike.
template <class Response>
Response election_response(const ReplyHead& head, const std::optional<LeaderEndpoint>& leader) {
    Response response;
    auto& topic = response.topics.emplace_back();
    topic.topic_name = metadata_topic;
    auto& partition = topic.partitions.emplace_back();
    partition.error_code = head.error;
    partition.leader_id = head.leader.value;
    partition.leader_epoch = head.epoch.value;
    add_endpoint(response, leader);
    return response;
}

DescribeQuorumResponseReplicaState replica_state(const QuorumReplica& replica) {
    DescribeQuorumResponseReplicaState state;
    state.replica_id = replica.key.id.value;
    state.replica_directory_id = replica.key.directory;
    state.log_end_offset = replica.log_end.value;
    state.last_fetch_timestamp = replica.last_fetch.time_since_epoch().count();
    state.last_caught_up_timestamp = replica.last_caught_up.time_since_epoch().count();
    return state;
}

void describe_partition(
    DescribeQuorumResponsePartitionData& partition, const QuorumInfo& quorum, NodeId self, bool is_the_log
) {
    partition.error_message = std::nullopt;
    if (!is_the_log) {
        partition.error_code = ErrorCode::unknown_topic_or_partition;
        return;
    }
    partition.leader_id = quorum.leader.value;
    partition.leader_epoch = quorum.epoch.value;
    if (quorum.leader != self) {
        partition.error_code = ErrorCode::not_leader_or_follower;
        return;
    }
    partition.high_watermark = quorum.high_watermark.value;
    for (const QuorumReplica& voter : quorum.voters) {
        partition.current_voters.push_back(replica_state(voter));
    }
    for (const QuorumReplica& observer : quorum.observers) {
        partition.observers.push_back(replica_state(observer));
    }
}

void describe_nodes(DescribeQuorumResponse& response, const VoterSet& voters) {
    for (const auto& [id, voter] : voters.voters()) {
        auto& node = response.nodes.emplace_back();
        node.node_id = id.value;
        for (const VoterEndpoint& endpoint : voter.endpoints) {
            auto& listener = node.listeners.emplace_back();
            listener.name = endpoint.listener;
            listener.host = endpoint.host;
            listener.port = endpoint.port;
        }
    }
}

}  // namespace

Expected<Vote> from_wire(const VoteRequest& request, std::string_view cluster_id) {
    const auto found = metadata_partition(request, cluster_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& asked = **found;
    if (asked.last_offset < 0 || asked.last_offset_epoch < 0 || asked.replica_epoch < 0 || asked.replica_id < 0) {
        return impossible("an epoch, offset or id");
    }
    return Vote{
        {{asked.replica_id}, asked.replica_directory_id},
        {{request.voter_id}, asked.voter_directory_id},
        {asked.replica_epoch},
        {{asked.last_offset_epoch}, {asked.last_offset}},
        asked.pre_vote
    };
}

Expected<BeginEpoch> from_wire(const BeginQuorumEpochRequest& request, std::string_view cluster_id) {
    const auto found = metadata_partition(request, cluster_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& told = **found;
    if (told.leader_id < 0 || told.leader_epoch < 0) {
        return impossible("the leader's id or epoch");
    }
    return BeginEpoch{{told.leader_id}, {told.leader_epoch}, {{request.voter_id}, told.voter_directory_id}};
}

Expected<EndEpoch> from_wire(const EndQuorumEpochRequest& request, std::string_view cluster_id) {
    const auto found = metadata_partition(request, cluster_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& told = **found;
    if (told.leader_id < 0 || told.leader_epoch < 0) {
        return impossible("the leader's id or epoch");
    }
    EndEpoch end{{told.leader_id}, {told.leader_epoch}, {}};
    for (const std::int32_t id : told.preferred_successors) {
        end.successors.push_back({{id}, {}});
    }
    for (const auto& candidate : told.preferred_candidates) {
        end.successors.push_back({{candidate.candidate_id}, candidate.candidate_directory_id});
    }
    return end;
}

bool is_metadata_fetch(const FetchRequest& request) {
    return request.topics.size() == 1 && is_metadata(request.topics.front());
}

Expected<Fetch> from_wire(const FetchRequest& request, std::string_view cluster_id) {
    const auto found = metadata_partition(request, cluster_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& asked = **found;
    if (asked.fetch_offset < 0 || asked.last_fetched_epoch < 0 || asked.current_leader_epoch < 0 ||
        request.max_wait_ms < 0) {
        return impossible("the epoch, the offset or the wait");
    }
    // From version 15 on the replica is named in a field of its own.
    const std::int32_t replica = std::max(request.replica_id, request.replica_state.replica_id);
    const std::int32_t partition_bytes = asked.partition_max_bytes;
    return Fetch{
        {{replica}, asked.replica_directory_id},
        {asked.current_leader_epoch},
        {{asked.last_fetched_epoch}, {asked.fetch_offset}},
        {asked.high_watermark},
        std::chrono::milliseconds(request.max_wait_ms),
        partition_bytes > 0 ? std::min(partition_bytes, request.max_bytes) : request.max_bytes
    };
}

Expected<FetchSnapshot> from_wire(const FetchSnapshotRequest& request, std::string_view cluster_id) {
    const auto found = metadata_partition(request, cluster_id);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& asked = **found;
    return FetchSnapshot{
        {{request.replica_id}, asked.replica_directory_id},
        {asked.current_leader_epoch},
        {{asked.snapshot_id.epoch}, {asked.snapshot_id.end_offset}},
        asked.position,
        request.max_bytes
    };
}

std::optional<LeaderEndpoint> leader_endpoint(
    const ReplyHead& head, const VoterSet& voters, std::string_view listener
) {
    const auto voter = voters.voters().find(head.leader);
    if (voter == voters.voters().end()) {
        return std::nullopt;
    }
    const auto& endpoints = voter->second.endpoints;
    const auto endpoint = std::ranges::find(endpoints, listener, &VoterEndpoint::listener);
    return endpoint == endpoints.end() ? std::nullopt
                                       : std::optional(LeaderEndpoint{head.leader, endpoint->host, endpoint->port});
}

VoteResponse to_wire(const VoteReply& reply, const std::optional<LeaderEndpoint>& leader) {
    auto response = election_response<VoteResponse>(reply.head, leader);
    response.topics[0].partitions[0].vote_granted = reply.granted;
    return response;
}

BeginQuorumEpochResponse to_wire(const BeginEpochReply& reply, const std::optional<LeaderEndpoint>& leader) {
    return election_response<BeginQuorumEpochResponse>(reply.head, leader);
}

EndQuorumEpochResponse to_wire(const EndEpochReply& reply, const std::optional<LeaderEndpoint>& leader) {
    return election_response<EndQuorumEpochResponse>(reply.head, leader);
}

FetchResponse to_wire(const FetchReply& reply, const std::optional<LeaderEndpoint>& leader) {
    FetchResponse response;
    auto& topic = response.responses.emplace_back();
    topic.topic = metadata_topic;
    topic.topic_id = metadata_topic_id;
    auto& partition = topic.partitions.emplace_back();
    partition.error_code = reply.head.error;
    partition.high_watermark = reply.high_watermark.value;
    partition.log_start_offset = reply.log_start.value;
    partition.current_leader.leader_id = reply.head.leader.value;
    partition.current_leader.leader_epoch = reply.head.epoch.value;
    if (reply.diverging) {
        partition.diverging_epoch.epoch = reply.diverging->epoch.value;
        partition.diverging_epoch.end_offset = reply.diverging->offset.value;
    }
    if (reply.snapshot) {
        partition.snapshot_id.end_offset = reply.snapshot->offset.value;
        partition.snapshot_id.epoch = reply.snapshot->epoch.value;
    }
    if (reply.records) {
        partition.records = RecordBytes(reply.records);
    }
    add_endpoint(response, leader);
    return response;
}

FetchSnapshotResponse to_wire(const FetchSnapshotReply& reply, const std::optional<LeaderEndpoint>& leader) {
    FetchSnapshotResponse response;
    auto& topic = response.topics.emplace_back();
    topic.name = metadata_topic;
    auto& partition = topic.partitions.emplace_back();
    partition.error_code = reply.head.error;
    partition.snapshot_id.end_offset = reply.snapshot.offset.value;
    partition.snapshot_id.epoch = reply.snapshot.epoch.value;
    partition.current_leader.leader_id = reply.head.leader.value;
    partition.current_leader.leader_epoch = reply.head.epoch.value;
    partition.size = reply.size;
    partition.position = reply.position;
    if (reply.bytes) {
        partition.unaligned_records = RecordBytes(reply.bytes);
    }
    add_endpoint(response, leader);
    return response;
}

DescribeQuorumResponse describe_quorum(const DescribeQuorumRequest& request, const QuorumInfo& quorum, NodeId self) {
    DescribeQuorumResponse response;
    response.error_message = std::nullopt;
    bool described = false;
    for (const auto& asked : request.topics) {
        auto& topic = response.topics.emplace_back();
        topic.topic_name = asked.topic_name;
        for (const auto& asked_partition : asked.partitions) {
            auto& partition = topic.partitions.emplace_back();
            partition.partition_index = asked_partition.partition_index;
            const bool is_the_log = is_metadata(asked) && asked_partition.partition_index == 0;
            describe_partition(partition, quorum, self, is_the_log);
            described |= partition.error_code == ErrorCode::none;
        }
    }
    if (described) {
        describe_nodes(response, quorum.voter_set);
    }
    return response;
}

}  // namespace barnabas::raft
