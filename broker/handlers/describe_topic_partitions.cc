// DescribeTopicPartitions (API 75, KIP-966): topics in the order of their names, some partitions at a time.

#include "protocol/describe_topic_partitions.h"

#include <algorithm>
#include <set>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"
#include "model/internal_topics.h"
#include "model/topic_name.h"

namespace barnabas {

namespace {

using DescribedTopic = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
using DescribedPartition = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;

DescribedPartition describe(
    const MetadataImage& image, std::string_view listener, PartitionId id, const PartitionRegistration& state
) {
    const auto reachable = [&](NodeId node) {
        const BrokerRegistration* broker = image.cluster.broker(node);
        return broker != nullptr && !broker->fenced && broker->endpoint(listener) != nullptr;
    };
    DescribedPartition answer{.error_code = ErrorCode::none, .partition_index = id.value};
    answer.leader_id = state.leader.value;
    answer.leader_epoch = state.leader_epoch.value;
    if (!reachable(state.leader)) {
        answer.error_code =
            image.cluster.is_unfenced(state.leader) ? ErrorCode::listener_not_found : ErrorCode::leader_not_available;
        answer.leader_id = no_node.value;
    }
    answer.replica_nodes = to_numbers(state.replicas);
    answer.isr_nodes = to_numbers(state.isr);
    answer.eligible_leader_replicas = to_numbers(state.eligible_leader_replicas);
    answer.last_known_elr = to_numbers(state.last_known_elr);
    for (const NodeId replica : state.replicas) {
        if (!reachable(replica)) {
            answer.offline_replicas.push_back(replica.value);
        }
    }
    return answer;
}

/// A cursor stands at a partition of a topic that is asked for.
bool valid_cursor(const DescribeTopicPartitionsRequest& request) {
    if (!request.cursor) {
        return true;
    }
    const auto at_cursor = [&](const auto& topic) { return topic.name == request.cursor->topic_name; };
    return request.cursor->partition_index >= 0 &&
           (request.topics.empty() || std::ranges::any_of(request.topics, at_cursor));
}

DescribeTopicPartitionsResponse refused(const DescribeTopicPartitionsRequest& request) {
    DescribeTopicPartitionsResponse response;
    for (const auto& topic : request.topics) {
        response.topics.push_back({.error_code = ErrorCode::invalid_request, .name = std::string(topic.name)});
    }
    return response;
}

/// The topics to look at, in order, from the cursor on. Those that are asked for and may not be described are told in
/// the response.
std::set<std::string> names(
    const MetadataImage& image, const DescribeTopicPartitionsRequest& request, const AccessRights& access,
    DescribeTopicPartitionsResponse& response
) {
    std::set<std::string> all;
    if (request.topics.empty()) {
        for (const auto& [name, id] : image.topics.by_name()) {
            all.insert(name);
        }
    }
    for (const auto& topic : request.topics) {
        all.emplace(topic.name);
    }
    if (request.cursor) {
        all.erase(all.begin(), all.lower_bound(std::string(request.cursor->topic_name)));
    }
    std::erase_if(all, [&](const std::string& name) {
        if (access.allows_topic(AclOperation::describe, name)) {
            return false;
        }
        if (!request.topics.empty()) {
            auto& forbidden = response.topics.emplace_back();
            forbidden.error_code = ErrorCode::topic_authorization_failed;
            forbidden.name = name;
        }
        return true;
    });
    return all;
}

}  // namespace

Task<DescribeTopicPartitionsResponse> handle(RequestContext& context, DescribeTopicPartitionsRequest request) {
    const auto image = context.broker.metadata.image();
    DescribeTopicPartitionsResponse response;
    if (!valid_cursor(request)) {
        co_return refused(request);
    }
    const std::int32_t most = context.broker.config()->max_request_partition_size_limit;
    std::int32_t left = std::clamp(request.response_partition_limit, 1, most);
    const AccessRights access(context);
    for (const std::string& name : names(*image, request, access, response)) {
        const bool resumed = request.cursor && request.cursor->topic_name == name;
        const PartitionId first{resumed ? request.cursor->partition_index : 0};
        const TopicImage* topic = image->topics.find(name);
        if (left == 0) {
            response.next_cursor = {.topic_name = name, .partition_index = first.value};
            break;
        }
        DescribedTopic& answer = response.topics.emplace_back();
        answer.name = name;
        answer.is_internal = is_internal_topic(name);
        answer.topic_authorized_operations = access.operations(ResourceType::topic, name);
        if (topic == nullptr) {
            const bool valid = validate_topic_name(name).has_value();
            answer.error_code = valid ? ErrorCode::unknown_topic_or_partition : ErrorCode::invalid_topic_exception;
            continue;
        }
        answer.topic_id = topic->id;
        for (const auto& [id, state] : topic->partitions) {
            if (id < first) {
                continue;
            }
            if (left == 0) {
                response.next_cursor = {.topic_name = name, .partition_index = id.value};
                co_return response;
            }
            answer.partitions.push_back(describe(*image, context.session.listener, id, *state));
            --left;
        }
    }
    co_return response;
}

}  // namespace barnabas
