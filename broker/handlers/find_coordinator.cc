// FindCoordinator (API 10). Version 1 adds key types and error messages, 4 looks up many keys at once (KIP-699), 6
// share groups' state (KIP-932).

#include "protocol/find_coordinator.h"

#include <fmt/format.h>

#include "common/events.h"
#include "coordinator/coordinator_key.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/topic_creation.h"
#include "metadata/metadata_cache.h"
#include "model/internal_topics.h"

namespace barnabas {

namespace {

using Coordinator = FindCoordinatorResponse::Coordinator;

constexpr std::int16_t has_many_keys = 4;

/// Kafka's numbers of key types.
constexpr std::int8_t group_key = 0;
constexpr std::int8_t transaction_key = 1;

Coordinator refused(std::string_view key, ErrorCode code, std::string words) {
    Coordinator answer;
    answer.key = key;
    answer.node_id = -1;
    answer.port = -1;
    answer.error_code = code;
    answer.error_message = std::move(words);
    return answer;
}

Coordinator refused(std::string_view key, ErrorCode code) {
    return refused(key, code, std::string(text(code)));
}

/// The leader of the partition that holds the group.
Coordinator find(const MetadataImage& image, const TopicImage& topic, std::string_view key, std::string_view listener) {
    const PartitionId partition = partition_for_key(key, static_cast<std::int32_t>(topic.partitions.size()));
    const PartitionRegistration* state = topic.partition(partition);
    const BrokerRegistration* broker = state && state->has_leader() ? image.cluster.broker(state->leader) : nullptr;
    const Endpoint* endpoint = broker && !broker->fenced ? broker->endpoint(listener) : nullptr;
    if (!endpoint) {
        return refused(
            key, ErrorCode::coordinator_not_available,
            fmt::format("{}-{} has no leader that this listener reaches", topic.name, partition.value)
        );
    }
    Coordinator answer;
    answer.key = key;
    answer.node_id = broker->id.value;
    answer.host = endpoint->host;
    answer.port = endpoint->port;
    answer.error_message = "";
    return answer;
}

Task<Coordinator> find_or_create(RequestContext& context, std::int8_t type, std::string_view key) {
    const AccessRights access(context);
    if (type == transaction_key && !access.allows(AclOperation::describe, ResourceType::transactional_id, key)) {
        co_return refused(key, ErrorCode::transactional_id_authorization_failed);
    }
    if (type == group_key && !access.allows_group(AclOperation::describe, key)) {
        co_return refused(key, ErrorCode::group_authorization_failed);
    }
    if (type == transaction_key) {
        co_return refused(key, ErrorCode::unsupported_version, "this broker does not serve transactions");
    }
    if (type != group_key) {
        co_return refused(
            key, ErrorCode::invalid_request, fmt::format("this broker coordinates nothing of key type {}", type)
        );
    }
    const auto image = context.broker.metadata.image();
    if (const TopicImage* topic = image->topics.find(consumer_offsets_topic)) {
        co_return find(*image, *topic, key, context.session.listener);
    }
    const auto created = co_await context.broker.topic_creation.create(std::string(consumer_offsets_topic));
    if (!created) {
        event::warn("the topic of groups could not be created", {{"why", created.error().detail}});
    }
    co_return refused(
        key, ErrorCode::coordinator_not_available,
        created ? "the topic of groups has just been created: ask again" : created.error().detail
    );
}

}  // namespace

Task<FindCoordinatorResponse> handle(RequestContext& context, FindCoordinatorRequest request) {
    FindCoordinatorResponse response;
    if (context.version >= has_many_keys) {
        for (const std::string_view key : request.coordinator_keys) {
            response.coordinators.push_back(co_await find_or_create(context, request.key_type, key));
        }
        co_return response;
    }
    const Coordinator found = co_await find_or_create(context, request.key_type, request.key);
    response.error_code = found.error_code;
    response.error_message = found.error_code == ErrorCode::none ? "NONE" : found.error_message;
    response.node_id = found.node_id;
    response.host = found.host;
    response.port = found.port;
    co_return response;
}

}  // namespace barnabas
