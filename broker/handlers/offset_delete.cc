// OffsetDelete (API 47; KIP-496).

#include "protocol/offset_delete.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using DeletionTopic = OffsetDeleteRequest::OffsetDeleteRequestTopic;
using DeletionAnswer = OffsetDeleteResponse::OffsetDeleteResponseTopic;

/// Keeps in `topic` the partitions that exist and may be read, and answers the rest.
DeletionAnswer check(DeletionTopic& topic, const TopicsImage& topics, const AccessRights& access) {
    DeletionAnswer answer;
    answer.name = topic.name;
    const bool allowed = access.allows_topic(AclOperation::read, topic.name);
    std::erase_if(topic.partitions, [&](const auto& partition) {
        if (allowed && topics.partition(topic.name, {partition.partition_index})) {
            return false;
        }
        auto& refused = answer.partitions.emplace_back();
        refused.partition_index = partition.partition_index;
        refused.error_code = allowed ? ErrorCode::unknown_topic_or_partition : ErrorCode::topic_authorization_failed;
        return true;
    });
    return answer;
}

}  // namespace

Task<OffsetDeleteResponse> handle(RequestContext& context, OffsetDeleteRequest request) {
    const AccessRights access(context);
    if (!access.allows_group(AclOperation::remove, request.group_id)) {
        co_return OffsetDeleteResponse{.error_code = ErrorCode::group_authorization_failed};
    }
    const auto image = context.broker.metadata.image();
    std::vector<DeletionAnswer> topics;
    for (DeletionTopic& topic : request.topics) {
        topics.push_back(check(topic, image->topics, access));
    }
    // Asked even where no partition is left: that there is no such group is worth more.
    auto response = co_await context.broker.groups.delete_offsets(context.session.loop, std::move(request));
    if (response.error_code != ErrorCode::none) {
        co_return response;
    }
    for (std::size_t i = 0; i < topics.size() && i < response.topics.size(); ++i) {
        auto& partitions = response.topics[i].partitions;
        partitions.insert(partitions.end(), topics[i].partitions.begin(), topics[i].partitions.end());
    }
    co_return response;
}

}  // namespace barnabas
