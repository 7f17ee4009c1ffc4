// Metadata (API 3). Version 4 lets the client forbid topic creation, 5 adds offline replicas, 7 leader epochs, 8 the
// authorized operations (KIP-430), 10 topic ids, 12 topics by id (KIP-516).

#include "protocol/metadata.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/request_quota.h"
#include "handlers/topic_creation.h"
#include "metadata/metadata_cache.h"
#include "model/internal_topics.h"
#include "model/topic_name.h"

namespace barnabas {

namespace {

using TopicMetadata = MetadataResponse::MetadataResponseTopic;
using PartitionMetadata = MetadataResponse::MetadataResponsePartition;

class MetadataAnswer {
public:
    MetadataAnswer(const RequestContext& context, const MetadataRequest& request)
        : context_(context), request_(request), image_(context.broker.metadata.image()), access_(context) {}

    MetadataResponse answer();
    /// Names that no topic has, and that the client lets us create.
    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

private:
    void add_brokers(MetadataResponse& response) const;
    void add_topics(MetadataResponse& response);
    [[nodiscard]] TopicMetadata by_id(const TopicId& id) const;
    [[nodiscard]] TopicMetadata by_name(std::string_view name);
    [[nodiscard]] static TopicMetadata forbidden(std::string_view name);
    [[nodiscard]] TopicMetadata known(const TopicImage& topic) const;
    [[nodiscard]] PartitionMetadata partition(PartitionId id, const PartitionRegistration& state) const;
    [[nodiscard]] bool reachable(NodeId broker) const;
    [[nodiscard]] std::int32_t operations(std::string_view topic) const {
        return request_.include_topic_authorized_operations ? access_.operations(ResourceType::topic, topic)
                                                            : operations_not_asked;
    }
    [[nodiscard]] bool may_create(std::string_view topic) const {
        return access_.allows_cluster(AclOperation::create, AccessRights::Audit::no) ||
               access_.allows_topic(AclOperation::create, topic);
    }

    const RequestContext& context_;
    const MetadataRequest& request_;
    std::shared_ptr<const MetadataImage> image_;
    AccessRights access_;
    std::vector<std::string> missing_;
};

MetadataResponse MetadataAnswer::answer() {
    MetadataResponse response;
    response.cluster_id = context_.broker.cluster_id;
    add_brokers(response);
    add_topics(response);
    if (request_.include_cluster_authorized_operations) {
        response.cluster_authorized_operations = access_.allows_cluster(AclOperation::describe)
                                                     ? access_.operations(ResourceType::cluster, cluster_resource)
                                                     : 0;
    }
    return response;
}

void MetadataAnswer::add_brokers(MetadataResponse& response) const {
    for (const auto& [id, broker] : image_->cluster.brokers()) {
        const Endpoint* endpoint = broker->fenced ? nullptr : broker->endpoint(context_.session.listener);
        if (endpoint == nullptr) {
            continue;
        }
        response.brokers.push_back(
            {.node_id = id.value,
             .host = endpoint->host,
             .port = endpoint->port,
             .rack = broker->rack,
             .unknown_tags = {}}
        );
        // Clients send controller requests to this broker, which passes them on: any will do, itself is nearest.
        if (response.controller_id == -1 || id == context_.broker.node) {
            response.controller_id = id.value;
        }
    }
}

void MetadataAnswer::add_topics(MetadataResponse& response) {
    const bool all = !request_.topics || (context_.version == 0 && request_.topics->empty());
    if (all) {
        for (const auto& [id, topic] : image_->topics.by_id()) {
            if (access_.allows_topic(AclOperation::describe, topic->name, AccessRights::Audit::no)) {
                response.topics.push_back(known(*topic));
            }
        }
        return;
    }
    const bool any_id =
        std::ranges::any_of(*request_.topics, [](const auto& topic) { return !topic.topic_id.is_zero(); });
    std::vector<std::string_view> named;
    for (const auto& topic : *request_.topics) {
        if (any_id) {  // then names count for nothing
            if (!topic.topic_id.is_zero()) {
                response.topics.push_back(by_id(topic.topic_id));
            }
            continue;
        }
        const std::string_view name = topic.name.value_or("");
        if (std::ranges::find(named, name) == named.end()) {
            named.push_back(name);
            response.topics.push_back(by_name(name));
        }
    }
}

TopicMetadata MetadataAnswer::by_id(const TopicId& id) const {
    const TopicImage* topic = image_->topics.find(id);
    if (topic != nullptr && access_.allows_topic(AclOperation::describe, topic->name)) {
        return known(*topic);
    }
    TopicMetadata answer{.error_code = ErrorCode::unknown_topic_id, .name = std::nullopt, .topic_id = id};
    if (topic != nullptr) {
        answer.error_code = ErrorCode::topic_authorization_failed;
    }
    answer.topic_authorized_operations = operations_not_asked;
    return answer;
}

TopicMetadata MetadataAnswer::by_name(std::string_view name) {
    if (!access_.allows_topic(AclOperation::describe, name)) {
        return forbidden(name);
    }
    if (const TopicImage* topic = image_->topics.find(name)) {
        return known(*topic);
    }
    const bool creates = request_.allow_auto_topic_creation && context_.broker.config()->auto_create_topics_enable;
    if (creates && !may_create(name)) {
        return forbidden(name);
    }
    TopicMetadata answer{.error_code = ErrorCode::unknown_topic_or_partition, .name = std::string(name)};
    answer.is_internal = is_internal_topic(name);
    answer.topic_authorized_operations = operations(name);
    if (!validate_topic_name(name)) {
        answer.error_code = ErrorCode::invalid_topic_exception;
    } else if (creates) {
        missing_.emplace_back(name);
    }
    return answer;
}

TopicMetadata MetadataAnswer::forbidden(std::string_view name) {
    TopicMetadata answer{.error_code = ErrorCode::topic_authorization_failed, .name = std::string(name)};
    answer.topic_authorized_operations = operations_not_asked;
    return answer;
}

TopicMetadata MetadataAnswer::known(const TopicImage& topic) const {
    TopicMetadata answer{.error_code = ErrorCode::none, .name = topic.name, .topic_id = topic.id};
    answer.is_internal = is_internal_topic(topic.name);
    answer.topic_authorized_operations = operations(topic.name);
    answer.partitions.reserve(topic.partitions.size());
    for (const auto& [id, state] : topic.partitions) {
        answer.partitions.push_back(partition(id, *state));
    }
    return answer;
}

bool MetadataAnswer::reachable(NodeId id) const {
    const BrokerRegistration* broker = image_->cluster.broker(id);
    return broker != nullptr && !broker->fenced && broker->endpoint(context_.session.listener) != nullptr;
}

PartitionMetadata MetadataAnswer::partition(PartitionId id, const PartitionRegistration& state) const {
    PartitionMetadata answer{.error_code = ErrorCode::none, .partition_index = id.value};
    answer.leader_id = state.leader.value;
    answer.leader_epoch = state.leader_epoch.value;
    answer.replica_nodes = to_numbers(state.replicas);
    answer.isr_nodes = to_numbers(state.isr);
    for (const NodeId replica : state.replicas) {
        if (!reachable(replica)) {
            answer.offline_replicas.push_back(replica.value);
        }
    }
    if (!reachable(state.leader)) {
        const bool other_listener = image_->cluster.is_unfenced(state.leader);
        answer.error_code =
            other_listener && context_.version >= 6 ? ErrorCode::listener_not_found : ErrorCode::leader_not_available;
        answer.leader_id = no_node.value;
    }
    return answer;
}

/// Versions 10 and 11 have topic ids in their form, but only 12 may ask by them; a name may be missing with an id
/// alone.
bool asks_too_early_by_id(const MetadataRequest& request, std::int16_t version) {
    return version < 12 && request.topics &&
           std::ranges::any_of(
               *request.topics, [](const auto& topic) { return !topic.name || !topic.topic_id.is_zero(); }
           );
}

MetadataResponse refused(const MetadataRequest& request) {
    MetadataResponse response;
    for (const auto& topic : *request.topics) {
        response.topics.push_back(
            {.error_code = ErrorCode::invalid_request,
             .name = std::string(topic.name.value_or("")),
             .topic_id = topic.topic_id}
        );
    }
    return response;
}

}  // namespace

Task<MetadataResponse> handle(RequestContext& context, MetadataRequest request) {
    if (asks_too_early_by_id(request, context.version)) {
        co_return refused(request);
    }
    MetadataAnswer metadata(context, request);
    MetadataResponse response = metadata.answer();
    if (!metadata.missing().empty()) {
        context.broker.topic_creation.begin(context.session.loop, metadata.missing(), mutation_quota(context, 0));
    }
    co_return response;
}

}  // namespace barnabas
