#include <fmt/format.h>

#include "cli/session.h"
#include "protocol/describe_cluster.h"
#include "protocol/describe_quorum.h"
#include "protocol/remove_raft_voter.h"

namespace barnabas {

namespace metadata_quorum_command {

constexpr Flag flags[] = {
    bootstrap_server_flag,
    bootstrap_controller_flag,
    command_config_flag,
    {.name = "status",
     .help = "Print who leads, who votes, and how far behind the slowest is.",
     .only_with = "describe",
     .not_with = "replication"},
    {.name = "replication", .help = "Print how far each member is.", .only_with = "describe"},
    {.name = "human-readable",
     .help = "With --replication: print times as how long ago they were.",
     .only_with = "describe"},
    {.name = "controller-id",
     .takes = Takes::number,
     .argument = "ID",
     .help = "The controller to remove.",
     .required = true,
     .only_with = "remove-controller"},
    {.name = "controller-directory-id",
     .takes = Takes::text,
     .argument = "UUID",
     .help = "The id of its metadata directory.",
     .required = true,
     .only_with = "remove-controller"},
    {.name = "dry-run", .help = "Only print what would be done.", .only_with = "add-controller remove-controller"},
};

using QuorumPartition = DescribeQuorumResponse::PartitionData;
using QuorumReplica = DescribeQuorumResponse::ReplicaState;

std::expected<DescribeQuorumResponse, std::string> ask_quorum(ToolSession& session) {
    DescribeQuorumRequest request;
    auto& topic = request.topics.emplace_back();
    topic.topic_name = "__cluster_metadata";
    topic.partitions.emplace_back();
    auto reply = session.ask<DescribeQuorumResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    const DescribeQuorumResponse& response = reply->message;
    if (response.error_code != ErrorCode::none) {
        return std::unexpected(words_of(response.error_code, response.error_message));
    }
    if (response.topics.empty() || response.topics.front().partitions.empty()) {
        return std::unexpected("the answer does not speak of the metadata partition");
    }
    const QuorumPartition& partition = response.topics.front().partitions.front();
    if (partition.error_code != ErrorCode::none) {
        return std::unexpected(words_of(partition.error_code, partition.error_message));
    }
    return std::move(reply->message);
}

const QuorumReplica* find_leader(const QuorumPartition& quorum) {
    const auto found = std::ranges::find(quorum.current_voters, quorum.leader_id, &QuorumReplica::replica_id);
    return found == quorum.current_voters.end() ? nullptr : &*found;
}

std::string members_text(const std::vector<QuorumReplica>& replicas, const DescribeQuorumResponse& response) {
    std::vector<std::string> texts;
    for (const QuorumReplica& replica : replicas) {
        std::vector<std::string> endpoints;
        const auto node = std::ranges::find(response.nodes, replica.replica_id, &DescribeQuorumResponse::Node::node_id);
        if (node != response.nodes.end()) {
            for (const auto& listener : node->listeners) {
                const bool bare = listener.host.find(':') == listener.host.npos;
                const std::string host = bare ? listener.host : "[" + listener.host + "]";
                endpoints.push_back(fmt::format("\"{}://{}:{}\"", listener.name, host, listener.port));
            }
        }
        const Uuid& directory = replica.replica_directory_id;
        texts.push_back(fmt::format(
            "{{\"id\": {}, \"directoryId\": {}{}}}", replica.replica_id,
            directory.is_zero() ? "null" : fmt::format("\"{}\"", directory.text()),
            endpoints.empty() ? "" : fmt::format(", \"endpoints\": [{}]", join(endpoints, ", "))
        ));
    }
    return fmt::format("[{}]", join(texts, ", "));
}

std::string status_text(
    const DescribeQuorumResponse& response, const QuorumPartition& quorum, const QuorumReplica& leader,
    std::string_view cluster
) {
    const QuorumReplica& slowest = *std::ranges::min_element(quorum.current_voters, {}, &QuorumReplica::log_end_offset);
    std::int64_t lag_time = -1;
    if (slowest.replica_id == leader.replica_id) {
        lag_time = 0;
    } else if (leader.last_caught_up_timestamp >= 0 && slowest.last_caught_up_timestamp >= 0) {
        lag_time = leader.last_caught_up_timestamp - slowest.last_caught_up_timestamp;
    }
    return fmt::format(
        "ClusterId:              {}\nLeaderId:               {}\nLeaderEpoch:            {}\n"
        "HighWatermark:          {}\nMaxFollowerLag:         {}\nMaxFollowerLagTimeMs:   {}\n"
        "CurrentVoters:          {}\nCurrentObservers:       {}\n",
        cluster, quorum.leader_id, quorum.leader_epoch, quorum.high_watermark,
        leader.log_end_offset - slowest.log_end_offset, lag_time, members_text(quorum.current_voters, response),
        members_text(quorum.observers, response)
    );
}

std::string replication_text(const QuorumPartition& quorum, const QuorumReplica& leader, std::optional<Timestamp> now) {
    std::vector<std::vector<std::string>> rows{
        {"NodeId", "DirectoryId", "LogEndOffset", "Lag", "LastFetchTimestamp", "LastCaughtUpTimestamp", "Status"}
    };
    const auto time = [&](std::int64_t value) {
        return value < 0 || !now ? std::to_string(value)
                                 : fmt::format("{} ms ago", now->time_since_epoch().count() - value);
    };
    const auto add = [&](const QuorumReplica& replica, const char* status) {
        rows.push_back(
            {std::to_string(replica.replica_id), replica.replica_directory_id.text(),
             std::to_string(replica.log_end_offset), std::to_string(leader.log_end_offset - replica.log_end_offset),
             time(replica.last_fetch_timestamp), time(replica.last_caught_up_timestamp), status}
        );
    };
    add(leader, "Leader");
    for (const QuorumReplica& voter : quorum.current_voters) {
        if (voter.replica_id != leader.replica_id) {
            add(voter, "Follower");
        }
    }
    for (const QuorumReplica& observer : quorum.observers) {
        add(observer, "Observer");
    }
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += fmt::format("{:<{}}\t", row[i], widths[i]);
        }
        text += '\n';
    }
    return text;
}

int describe(ToolSession& session, const Arguments& arguments) {
    if (!arguments.has("status") && !arguments.has("replication")) {
        return complain("One of --status or --replication must be specified with describe sub-command");
    }
    if (arguments.has("human-readable") && !arguments.has("replication")) {
        return complain("The option --human-readable is only supported along with --replication");
    }
    const auto response = ask_quorum(session);
    if (!response) {
        return complain(response.error());
    }
    const QuorumPartition& quorum = response->topics.front().partitions.front();
    const QuorumReplica* leader = find_leader(quorum);
    if (leader == nullptr) {
        return complain("the quorum has no leader at this moment");
    }
    if (arguments.has("replication")) {
        print(replication_text(
            quorum, *leader, arguments.has("human-readable") ? std::optional(system_clock().timestamp()) : std::nullopt
        ));
        return 0;
    }
    DescribeClusterRequest request;
    request.endpoint_type = session.cluster().options().controllers ? std::int8_t{2} : std::int8_t{1};
    const auto cluster = session.ask<DescribeClusterResponse>(request);
    if (!cluster) {
        return complain(words_of(cluster.error()));
    }
    print(status_text(*response, quorum, *leader, cluster->message.cluster_id));
    return 0;
}

int remove_controller(ToolSession& session, const Arguments& arguments) {
    const std::int64_t id = *arguments.number("controller-id");
    const std::string text = *arguments.value("controller-directory-id");
    const auto directory = Uuid::parse(text);
    if (id < 0 || id > INT32_MAX) {
        return complain(fmt::format("Invalid negative --controller-id: {}", id));
    }
    if (!directory) {
        return complain(fmt::format("Failed to parse --controller-directory-id: '{}' is no UUID", text));
    }
    if (!arguments.has("dry-run")) {
        RemoveRaftVoterRequest request;
        request.cluster_id.reset();
        request.voter_id = static_cast<std::int32_t>(id);
        request.voter_directory_id = *directory;
        const auto reply = session.ask<RemoveRaftVoterResponse>(request);
        if (!reply) {
            return complain(words_of(reply.error()));
        }
        if (reply->message.error_code != ErrorCode::none) {
            return complain(words_of(reply->message.error_code, reply->message.error_message));
        }
    }
    print(fmt::format(
        "{} KRaft controller {} with directory id {}\n", arguments.has("dry-run") ? "DRY RUN of removing " : "Removed ",
        id, directory->text()
    ));
    return 0;
}

int run(const Arguments& arguments) {
    if (arguments.is("add-controller")) {
        return complain("add-controller cannot be used: this version of Barnabas runs one controller alone");
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    return arguments.is("describe") ? describe(**session, arguments) : remove_controller(**session, arguments);
}

}  // namespace metadata_quorum_command

const Tool metadata_quorum_tool{
    {.tool = "metadata-quorum",
     .purpose = "Describe the quorum of controllers, and take controllers out of it.",
     .flags = metadata_quorum_command::flags,
     .actions = "describe add-controller remove-controller",
     .action_words = true},
    metadata_quorum_command::run,
    false
};

}  // namespace barnabas
