// OffsetCommit (API 8). Version 5 drops the client's retention time, 6 adds leader epochs (KIP-320), 7 static members
// (KIP-345), 9 the members of consumer groups (KIP-848), 10 names topics by id (KIP-848).

#include "protocol/offset_commit.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using CommitTopic = OffsetCommitRequest::OffsetCommitRequestTopic;
using CommitAnswer = OffsetCommitResponse::OffsetCommitResponseTopic;

constexpr std::int16_t names_by_id = 10;

void refuse(CommitAnswer& answer, std::int32_t partition, ErrorCode code) {
    auto& refused = answer.partitions.emplace_back();
    refused.partition_index = partition;
    refused.error_code = code;
}

void refuse_all(CommitAnswer& answer, const CommitTopic& topic, ErrorCode code) {
    answer.name = topic.name;
    answer.topic_id = topic.topic_id;
    for (const auto& partition : topic.partitions) {
        refuse(answer, partition.partition_index, code);
    }
}

/// Keeps in `topic` what exists and may be read, with the topic's name and id, and answers the rest.
CommitAnswer check(CommitTopic& topic, const TopicsImage& topics, const AccessRights& access, bool by_id) {
    CommitAnswer answer;
    answer.name = topic.name;
    answer.topic_id = topic.topic_id;
    const TopicImage* known = by_id ? topics.find(topic.topic_id) : topics.find(topic.name);
    if ((known || !by_id) && !access.allows_topic(AclOperation::read, known ? known->name : topic.name)) {
        refuse_all(answer, topic, ErrorCode::topic_authorization_failed);
        topic.partitions.clear();
        return answer;
    }
    const ErrorCode unknown = by_id ? ErrorCode::unknown_topic_id : ErrorCode::unknown_topic_or_partition;
    std::erase_if(topic.partitions, [&](const auto& partition) {
        const bool exists = known && known->partition({partition.partition_index});
        if (!exists) {
            refuse(answer, partition.partition_index, known ? ErrorCode::unknown_topic_or_partition : unknown);
        }
        return !exists;
    });
    if (known) {
        topic.name = known->name;
        topic.topic_id = known->id;
    }
    return answer;
}

}  // namespace

Task<OffsetCommitResponse> handle(RequestContext& context, OffsetCommitRequest request) {
    const auto image = context.broker.metadata.image();  // the topics' names are views of it
    OffsetCommitResponse response;
    const AccessRights access(context);
    if (!access.allows_group(AclOperation::read, request.group_id)) {
        for (const CommitTopic& topic : request.topics) {
            refuse_all(response.topics.emplace_back(), topic, ErrorCode::group_authorization_failed);
        }
        co_return response;
    }
    std::vector<CommitTopic> wanted;
    for (CommitTopic& topic : request.topics) {
        response.topics.push_back(check(topic, image->topics, access, context.version >= names_by_id));
        wanted.push_back(std::move(topic));
    }
    request.topics.clear();
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i].partitions.empty()) {
            places.push_back(i);
            request.topics.push_back(std::move(wanted[i]));
        }
    }
    if (places.empty()) {
        co_return response;
    }
    const GroupCaller caller{context.client_id.value_or(""), context.session.client_host, context.version};
    const auto committed = co_await context.broker.groups.commit(context.session.loop, caller, std::move(request));
    for (std::size_t i = 0; i < places.size() && i < committed.topics.size(); ++i) {
        auto& partitions = response.topics[places[i]].partitions;
        const auto& answered = committed.topics[i].partitions;
        partitions.insert(partitions.end(), answered.begin(), answered.end());
    }
    co_return response;
}

}  // namespace barnabas
