// OffsetFetch (API 9). Version 2 fetches all topics with null and has an error for the group, 5 adds leader epochs
// (KIP-320), 7 waits for open transactions (KIP-447), 8 asks for several groups, 9 takes consumer groups' members, 10
// names topics by id (KIP-848).

#include "protocol/offset_fetch.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using GroupRequest = OffsetFetchRequest::OffsetFetchRequestGroup;
using GroupAnswer = OffsetFetchResponse::OffsetFetchResponseGroup;
using FetchedOffsets = OffsetFetchResponse::OffsetFetchResponseTopics;

constexpr std::int16_t has_group_error = 2;
constexpr std::int16_t has_many_groups = 8;
constexpr std::int16_t fetches_by_id = 10;

FetchedOffsets without_offsets(const OffsetFetchRequest::OffsetFetchRequestTopics& topic, ErrorCode code) {
    FetchedOffsets answer;
    answer.name = topic.name;
    answer.topic_id = topic.topic_id;
    for (const std::int32_t index : topic.partition_indexes) {
        auto& partition = answer.partitions.emplace_back();
        partition.partition_index = index;
        partition.committed_offset = -1;
        partition.error_code = code;
    }
    return answer;
}

/// Gives the topics that are named by id their names, and answers those that have none.
std::vector<FetchedOffsets> name_topics(GroupRequest& group, const TopicsImage& topics) {
    std::vector<FetchedOffsets> unknown;
    std::erase_if(*group.topics, [&](auto& topic) {
        const TopicImage* known = topics.find(topic.topic_id);
        if (known) {
            topic.name = known->name;
        } else {
            unknown.push_back(without_offsets(topic, ErrorCode::unknown_topic_id));
        }
        return !known;
    });
    return unknown;
}

/// Takes out the topics that may not be described, and answers them.
std::vector<FetchedOffsets> take_forbidden(GroupRequest& group, const AccessRights& access) {
    std::vector<FetchedOffsets> forbidden;
    std::erase_if(*group.topics, [&](const auto& topic) {
        if (access.allows_topic(AclOperation::describe, topic.name)) {
            return false;
        }
        forbidden.push_back(without_offsets(topic, ErrorCode::topic_authorization_failed));
        return true;
    });
    return forbidden;
}

/// Topics that are gone have no id to be named by.
void add_ids(GroupAnswer& group, const TopicsImage& topics) {
    std::erase_if(group.topics, [&](FetchedOffsets& topic) {
        const TopicImage* known = topics.find(topic.name);
        topic.topic_id = known ? known->id : TopicId();
        return !known;
    });
}

Task<GroupAnswer> fetch_group(RequestContext& context, GroupRequest group, bool require_stable) {
    const AccessRights access(context);
    if (!access.allows_group(AclOperation::describe, group.group_id)) {
        GroupAnswer refused;
        refused.group_id = group.group_id;
        refused.error_code = ErrorCode::group_authorization_failed;
        co_return refused;
    }
    const auto image = context.broker.metadata.image();  // the topics' names are views of it
    const bool by_id = context.version >= fetches_by_id;
    const bool all = !group.topics;
    std::vector<FetchedOffsets> unknown, forbidden;
    if (by_id && !all) {
        unknown = name_topics(group, image->topics);
    }
    if (!all) {
        forbidden = take_forbidden(group, access);
    }
    auto answer = co_await context.broker.groups.fetch(context.session.loop, std::move(group), require_stable);
    if (answer.error_code == ErrorCode::none) {
        if (all) {
            std::erase_if(answer.topics, [&](const FetchedOffsets& topic) {
                return !access.allows_topic(AclOperation::describe, topic.name);
            });
        }
        if (by_id && all) {
            add_ids(answer, image->topics);
        }
        std::ranges::move(unknown, std::back_inserter(answer.topics));
        std::ranges::move(forbidden, std::back_inserter(answer.topics));
    }
    co_return answer;
}

/// The one group of a request before version 8.
GroupRequest only_group(const OffsetFetchRequest& request) {
    GroupRequest group;
    group.group_id = request.group_id;
    group.topics.reset();
    if (request.topics) {
        for (const auto& topic : *request.topics) {
            auto& out = (group.topics ? *group.topics : group.topics.emplace()).emplace_back();
            out.name = topic.name;
            out.partition_indexes = topic.partition_indexes;
        }
        if (!group.topics) {
            group.topics.emplace();
        }
    }
    return group;
}

OffsetFetchResponse only_answer(GroupAnswer group) {
    OffsetFetchResponse response;
    response.error_code = group.error_code;
    for (auto& topic : group.topics) {
        auto& out = response.topics.emplace_back();
        out.name = std::move(topic.name);
        for (auto& partition : topic.partitions) {
            auto& to = out.partitions.emplace_back();
            to.partition_index = partition.partition_index;
            to.committed_offset = partition.committed_offset;
            to.committed_leader_epoch = partition.committed_leader_epoch;
            to.metadata = std::move(partition.metadata);
            to.error_code = partition.error_code;
        }
    }
    return response;
}

}  // namespace

Task<OffsetFetchResponse> handle(RequestContext& context, OffsetFetchRequest request) {
    OffsetFetchResponse response;
    if (context.version >= has_many_groups) {
        for (GroupRequest& group : request.groups) {
            response.groups.push_back(co_await fetch_group(context, std::move(group), request.require_stable));
        }
        co_return response;
    }
    const GroupRequest group = only_group(request);
    auto answer = co_await fetch_group(context, group, request.require_stable);
    if (context.version < has_group_error && answer.error_code != ErrorCode::none && group.topics) {
        for (const auto& topic : *group.topics) {
            answer.topics.push_back(without_offsets(topic, answer.error_code));
        }
    }
    co_return only_answer(std::move(answer));
}

}  // namespace barnabas
