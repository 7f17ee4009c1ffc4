#include "handlers/topic_creation.h"

#include "common/events.h"
#include "controller/controller_client.h"
#include "handlers/controller_deadline.h"
#include "model/internal_topics.h"
#include "protocol/create_topics.h"

namespace barnabas {

namespace {

/// Settings of a topic beside its name; -1 leaves a number to the controller's defaults.
struct TopicSettings {
    std::int32_t partitions = -1;
    std::int16_t replication_factor = -1;
    std::vector<std::pair<std::string, std::string>> configs = {};
};

TopicSettings describe(std::string_view topic, const Config& config) {
    if (topic == consumer_offsets_topic) {
        return {
            config.offsets_topic_num_partitions,
            config.offsets_topic_replication_factor,
            {{"cleanup.policy", "compact"},
             {"compression.type", "producer"},
             {"segment.bytes", std::to_string(config.offsets_topic_segment_bytes)}}
        };
    }
    return {};
}

}  // namespace

Task<Expected<void>> TopicCreation::create(std::string topic) {
    return create(std::move(topic), nullptr);
}

Task<Expected<void>> TopicCreation::create(std::string topic, std::shared_ptr<MutationQuota> quota) {
    const TopicSettings description = describe(topic, *config_.get());
    CreateTopicsRequest request;
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic;
    wanted.num_partitions = description.partitions;
    wanted.replication_factor = description.replication_factor;
    for (const auto& [key, value] : description.configs) {
        wanted.configs.push_back({.name = key, .value = value});
    }
    const Instant deadline = clock_.now() + std::chrono::milliseconds(controller_timeout_ms);
    const auto reply =
        co_await controller_.submit(request, CreateTopicsRequest::versions.last, deadline, std::move(quota));
    if (!reply) {
        co_return std::unexpected(reply.error());
    }
    for (const auto& created : reply->topics) {
        if (created.error_code != ErrorCode::none && created.error_code != ErrorCode::topic_already_exists) {
            co_return fail(created.error_code, created.error_message.value_or(""));
        }
    }
    co_return Expected<void>{};
}

Task<> TopicCreation::create_all(std::vector<std::string> topics, std::shared_ptr<MutationQuota> quota) {
    for (const std::string& topic : topics) {
        if (const auto created = co_await create(topic, quota); !created) {
            event::warn(
                "topic not created",
                {{"topic", topic}, {"error", name(created.error().code)}, {"why", created.error().detail}}
            );
        }
    }
}

void TopicCreation::begin(EventLoop& loop, std::vector<std::string> topics, std::shared_ptr<MutationQuota> quota) {
    loop.spawn("creating missing topics", create_all(std::move(topics), std::move(quota)));
}

}  // namespace barnabas
