#include "handlers/topic_creation.h"

#include "common/events.h"
#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "model/internal_topics.h"
#include "protocol/create_topics.h"

namespace barnabas {

namespace {

using Config = CreateTopicsRequest::CreatableTopicConfig;

/// What a topic that nobody described looks like; -1 leaves it to the controller.
CreateTopicsRequest::CreatableTopic default_topic(std::string_view name, const barnabas::Config& config) {
    CreateTopicsRequest::CreatableTopic topic{.name = name, .num_partitions = -1, .replication_factor = -1};
    if (name == consumer_offsets_topic) {
        topic.num_partitions = config.offsets_topic_num_partitions;
        topic.replication_factor = config.offsets_topic_replication_factor;
        // Segments are small, so that compaction and loading are quick.
        topic.configs = {
            {.name = "cleanup.policy", .value = "compact"},
            {.name = "compression.type", .value = "producer"},
        };
    } else if (name == transaction_state_topic) {
        topic.num_partitions = config.transaction_state_log_num_partitions;
        topic.replication_factor = config.transaction_state_log_replication_factor;
    }
    return topic;
}

Task<> create(Broker& broker, std::vector<std::string> names) {
    const auto config = broker.config();
    const std::string segment_bytes = std::to_string(config->offsets_topic_segment_bytes);
    CreateTopicsRequest request;
    for (const std::string& name : names) {
        request.topics.push_back(default_topic(name, *config));
        if (name == consumer_offsets_topic) {
            request.topics.back().configs.push_back({.name = "segment.bytes", .value = segment_bytes});
        }
    }
    const Instant deadline = broker.clock.now() + std::chrono::milliseconds(controller_timeout_ms);
    const auto reply = co_await broker.controller.submit(request, CreateTopicsRequest::versions.last, deadline);
    if (!reply) {
        event::warn(
            "topics not created", {{"topics", names.size()}, {"first", names.front()}, {"why", reply.error().detail}}
        );
        co_return;
    }
    for (const auto& topic : reply->topics) {
        if (topic.error_code != ErrorCode::none && topic.error_code != ErrorCode::topic_already_exists) {
            event::warn(
                "topic not created",
                {{"topic", topic.name}, {"error", name(topic.error_code)}, {"why", topic.error_message.value_or("")}}
            );
        }
    }
}

}  // namespace

void create_missing_topics(const RequestContext& context, const std::vector<std::string>& names) {
    context.session.loop.spawn("creating missing topics", create(context.broker, names));
}

}  // namespace barnabas
