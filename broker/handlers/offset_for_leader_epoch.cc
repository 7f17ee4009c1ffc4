// OffsetForLeaderEpoch (API 23, KIP-101, KIP-320): where a leader epoch ends, for a client that must find out whether
// what it read was truncated.

#include "protocol/offset_for_leader_epoch.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

using EpochQuery = OffsetForLeaderEpochRequest::OffsetForLeaderPartition;
using EpochAnswer = OffsetForLeaderEpochResponse::EpochEndOffset;

EpochAnswer end_of_epoch(
    const Broker& broker, const AccessRights& access, std::string_view topic, const EpochQuery& request
) {
    EpochAnswer answer{.error_code = ErrorCode::none, .partition = request.partition};
    // First it was for brokers alone, later for consumers too.
    if (!access.allows_cluster(AclOperation::cluster_action, AccessRights::Audit::no) &&
        !access.allows_topic(AclOperation::describe, topic)) {
        answer.error_code = ErrorCode::topic_authorization_failed;
        return answer;
    }
    const auto partition = broker.replicas.find(topic, PartitionId{request.partition});
    if (!partition) {
        answer.error_code = partition.error().code;
        return answer;
    }
    const auto log = (*partition)->leader_log(LeaderEpoch{request.current_leader_epoch});
    if (!log) {
        answer.error_code = log.error().code;
        return answer;
    }
    const std::scoped_lock lock((*partition)->hosted()->mutex);
    const auto end = (*log)->epoch_end_offset(LeaderEpoch{request.leader_epoch});
    answer.leader_epoch = end.epoch.value;
    answer.end_offset = end.end.value;
    return answer;
}

}  // namespace

Task<OffsetForLeaderEpochResponse> handle(RequestContext& context, OffsetForLeaderEpochRequest request) {
    OffsetForLeaderEpochResponse response;
    const AccessRights access(context);
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.topic = topic.topic;
        for (const auto& partition : topic.partitions) {
            answered.partitions.push_back(end_of_epoch(context.broker, access, topic.topic, partition));
        }
    }
    co_return response;
}

}  // namespace barnabas
