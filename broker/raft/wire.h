#pragma once

#include <string_view>

#include "protocol/begin_quorum_epoch.h"
#include "protocol/describe_quorum.h"
#include "protocol/end_quorum_epoch.h"
#include "protocol/fetch.h"
#include "protocol/fetch_snapshot.h"
#include "protocol/vote.h"
#include "raft/messages.h"
#include "raft/quorum_info.h"

/// Kafka's messages to and from what the consensus speaks, for the node that is asked.
namespace barnabas::raft {

/// What a peer asks. Errors are the answer's error as a whole: inconsistent_cluster_id; invalid_request when it is not
/// about exactly the metadata partition, or a number is impossible.
Expected<Vote> from_wire(const VoteRequest& request, std::string_view cluster_id);
Expected<BeginEpoch> from_wire(const BeginQuorumEpochRequest& request, std::string_view cluster_id);
Expected<EndEpoch> from_wire(const EndQuorumEpochRequest& request, std::string_view cluster_id);
Expected<Fetch> from_wire(const FetchRequest& request, std::string_view cluster_id);
Expected<FetchSnapshot> from_wire(const FetchSnapshotRequest& request, std::string_view cluster_id);

/// Whether a Fetch is about the metadata log, and so for the consensus rather than for the partitions' replicas.
[[nodiscard]] bool is_metadata_fetch(const FetchRequest& request);

/// Where the leader that a reply names can be reached, as the voters tell it under the first of their listeners that
/// `listener` names; nothing when it is not known.
struct LeaderEndpoint {
    NodeId leader;
    std::string host;
    std::uint16_t port = 0;
};
[[nodiscard]] std::optional<LeaderEndpoint> leader_endpoint(
    const ReplyHead& head, const VoterSet& voters, std::string_view listener
);

/// The answers. Records stay shared, not copied.
[[nodiscard]] VoteResponse to_wire(const VoteReply& reply, const std::optional<LeaderEndpoint>& leader);
[[nodiscard]] BeginQuorumEpochResponse to_wire(
    const BeginEpochReply& reply, const std::optional<LeaderEndpoint>& leader
);
[[nodiscard]] EndQuorumEpochResponse to_wire(const EndEpochReply& reply, const std::optional<LeaderEndpoint>& leader);
[[nodiscard]] FetchResponse to_wire(const FetchReply& reply, const std::optional<LeaderEndpoint>& leader);
[[nodiscard]] FetchSnapshotResponse to_wire(
    const FetchSnapshotReply& reply, const std::optional<LeaderEndpoint>& leader
);

/// The answer to DescribeQuorum of `self`: not_leader_or_follower for the partition where it does not lead, and
/// unknown_topic_or_partition for others.
[[nodiscard]] DescribeQuorumResponse describe_quorum(
    const DescribeQuorumRequest& request, const QuorumInfo& quorum, NodeId self
);

}  // namespace barnabas::raft
