// CreateTopics (API 19). Version 5 answers with partitions and configuration (KIP-525), 7 with topic ids.

#include "protocol/create_topics.h"

#include <set>

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"
#include "handlers/request_quota.h"
#include "model/internal_topics.h"

namespace barnabas {

namespace {

using TopicCreated = CreateTopicsResponse::CreatableTopicResult;

TopicCreated creation_refused(std::string_view name, const Error& error) {
    return {.name = std::string(name), .error_code = error.code, .error_message = error.detail};
}

CreateTopicsResponse refuse_all(const CreateTopicsRequest& request, const Error& error) {
    CreateTopicsResponse refused;
    for (const auto& topic : request.topics) {
        refused.topics.push_back(creation_refused(topic.name, error));
    }
    return refused;
}

/// Takes out the topics that may not be created, and answers them. What the controller refuses whoever asks is left to
/// it.
std::vector<TopicCreated> take_forbidden(CreateTopicsRequest& request, const AccessRights& access) {
    std::vector<TopicCreated> forbidden;
    if (access.allows_cluster(AclOperation::create, AccessRights::Audit::no)) {
        return forbidden;
    }
    std::multiset<std::string_view> names;
    for (const auto& topic : request.topics) {
        names.insert(topic.name);
    }
    std::erase_if(request.topics, [&](const auto& topic) {
        if (names.count(topic.name) > 1 || topic.name == cluster_metadata_topic ||
            access.allows_topic(AclOperation::create, topic.name)) {
            return false;
        }
        forbidden.push_back(
            creation_refused(topic.name, {ErrorCode::topic_authorization_failed, "Authorization failed."})
        );
        return true;
    });
    return forbidden;
}

/// Who may not describe a topic's settings is not told them (KIP-525).
void hide_settings(TopicCreated& topic, const AccessRights& access) {
    if (topic.error_code == ErrorCode::none &&
        !access.allows_topic(AclOperation::describe_configs, topic.name, AccessRights::Audit::no)) {
        topic.topic_config_error_code = ErrorCode::topic_authorization_failed;
        topic.num_partitions = -1;
        topic.replication_factor = -1;
        topic.configs.emplace();
    }
}

}  // namespace

Task<CreateTopicsResponse> handle(RequestContext& context, CreateTopicsRequest request) {
    const AccessRights access(context);
    std::vector<TopicCreated> forbidden = take_forbidden(request, access);
    auto response = co_await controller_answer<CreateTopicsResponse>(
        context, request, request.timeout_ms, refuse_all, mutation_quota(context, 6)
    );
    for (TopicCreated& topic : response.topics) {
        hide_settings(topic, access);
    }
    std::ranges::move(forbidden, std::back_inserter(response.topics));
    co_return response;
}

}  // namespace barnabas
