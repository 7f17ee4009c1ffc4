// DeleteRecords (API 21, KIP-107): the log start offset moves; the segments below it go with retention.

#include "protocol/delete_records.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "model/internal_topics.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

using Request = DeleteRecordsRequest::DeleteRecordsPartition;
using DeletionOfRecords = DeleteRecordsResponse::DeleteRecordsPartitionResult;

DeletionOfRecords delete_records(
    const Broker& broker, const AccessRights& access, std::string_view topic, const Request& request
) {
    DeletionOfRecords answer{
        .partition_index = request.partition_index, .low_watermark = -1, .error_code = ErrorCode::none
    };
    if (!access.allows_topic(AclOperation::remove, topic)) {
        answer.error_code = ErrorCode::topic_authorization_failed;
        return answer;
    }
    const auto partition = broker.replicas.find(topic, PartitionId{request.partition_index});
    if (!partition) {
        answer.error_code = partition.error().code;
        return answer;
    }
    if (is_internal_topic(topic)) {
        answer.error_code = ErrorCode::invalid_topic_exception;
        return answer;
    }
    const auto start = (*partition)->delete_records(Offset{request.offset});
    if (!start) {
        answer.error_code = start.error().code;
        return answer;
    }
    answer.low_watermark = start->value;
    return answer;
}

}  // namespace

Task<DeleteRecordsResponse> handle(RequestContext& context, DeleteRecordsRequest request) {
    DeleteRecordsResponse response;
    const AccessRights access(context);
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.name = topic.name;
        for (const auto& partition : topic.partitions) {
            answered.partitions.push_back(delete_records(context.broker, access, topic.name, partition));
        }
    }
    co_return response;
}

}  // namespace barnabas
