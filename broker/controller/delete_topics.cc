#include <algorithm>
#include <set>

#include "controller/topic_requests.h"

namespace barnabas {
namespace {

using DeletionResult = DeleteTopicsResponse::DeletableTopicResult;

/// A topic to delete, as the request names it.
struct Named {
    std::optional<std::string_view> name;
    TopicId id;

    auto operator<=>(const Named&) const = default;
};

std::vector<Named> named_topics(const DeleteTopicsRequest& request, std::int16_t version) {
    std::vector<Named> topics;
    if (version < 6) {
        for (const std::string_view name : request.topic_names) {
            topics.push_back({name, {}});
        }
    }
    for (const auto& topic : request.topics) {
        if (version >= 6) {
            topics.push_back({topic.name, topic.topic_id});
        }
    }
    return topics;
}

Expected<const TopicImage*> find_topic(const TopicsImage& topics, const Named& named) {
    if (named.name && !named.id.is_zero()) {
        return fail(ErrorCode::invalid_request, "You may not specify both topic name and topic id.");
    }
    if (!named.name && named.id.is_zero()) {
        return fail(ErrorCode::invalid_request, "Neither topic name nor id were specified.");
    }
    if (named.name) {
        const TopicImage* topic = topics.find(*named.name);
        return topic ? Expected<const TopicImage*>(topic)
                     : fail(ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition.");
    }
    const TopicImage* topic = topics.find(named.id);
    return topic ? Expected<const TopicImage*>(topic)
                 : fail(ErrorCode::unknown_topic_id, "This server does not host this topic ID.");
}

DeletionResult refused(const Named& named, const Error& error) {
    DeletionResult result;
    result.name = named.name ? std::optional(std::string(*named.name)) : std::nullopt;
    result.topic_id = named.id;
    result.error_code = error.code;
    result.error_message = error.detail.empty() ? std::nullopt : std::optional(error.detail);
    return result;
}

std::string named_twice(const Named& named) {
    return named.name ? "Duplicate topic name." : "Duplicate topic id.";
}

}  // namespace

Decision<DeleteTopicsResponse> delete_topics(
    const Situation& situation, const DeleteTopicsRequest& request, std::int16_t version
) {
    DeleteTopicsResponse reply;
    const std::vector<Named> wanted = named_topics(request, version);
    std::map<TopicId, int> times;  // a topic that is named twice, be it by name and by id, is not deleted
    std::set<TopicId> by_name, by_id;
    for (const Named& named : wanted) {
        if (const auto topic = find_topic(situation.image.topics, named)) {
            ++times[(*topic)->id];
            (named.name ? by_name : by_id).insert((*topic)->id);
        }
    }
    MetadataRecords records;
    std::set<Named> answered;
    for (const Named& named : wanted) {
        if (!answered.insert(named).second) {
            continue;
        }
        const auto topic = find_topic(situation.image.topics, named);
        const bool named_well = named.name.has_value() == named.id.is_zero();
        if (!topic && named_well && std::ranges::count(wanted, named) > 1) {
            reply.responses.push_back(refused(named, {ErrorCode::invalid_request, named_twice(named)}));
        } else if (!topic) {
            reply.responses.push_back(refused(named, topic.error()));
        } else if (by_name.contains((*topic)->id) && by_id.contains((*topic)->id)) {
            if (named.name) {  // one answer for both
                reply.responses.push_back(refused(
                    {named.name, (*topic)->id},
                    {ErrorCode::invalid_request, "The provided topic name maps to an ID that was already supplied."}
                ));
            }
        } else if (times[(*topic)->id] > 1) {
            reply.responses.push_back(refused(named, {ErrorCode::invalid_request, named_twice(named)}));
        } else if (!situation.config.get()->delete_topic_enable) {
            reply.responses.push_back(
                refused(named, {ErrorCode::topic_deletion_disabled, "Topic deletion is disabled."})
            );
        } else if (const auto charged = situation.charge((*topic)->partitions.size()); !charged) {
            reply.responses.push_back(refused(named, charged.error()));
        } else {
            RemoveTopicRecord record;
            record.topic_id = (*topic)->id;
            records.push_back({record, 0});
            DeletionResult& result = reply.responses.emplace_back();
            result.name = (*topic)->name;
            result.topic_id = (*topic)->id;
        }
    }
    return {std::move(records), std::move(reply)};
}

}  // namespace barnabas
