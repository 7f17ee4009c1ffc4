#include "controller/partition_requests.h"
#include "controller/partition_rules.h"

namespace barnabas {
namespace {

enum ElectionType : std::int8_t { preferred = 0, unclean = 1 };

Expected<void> elect(
    Draft& draft, const Situation& situation, std::string_view name, PartitionId id, std::int8_t type
) {
    if (type != preferred && type != unclean) {
        return fail(ErrorCode::invalid_request, fmt::format("Unknown election type {}", type));
    }
    const TopicImage* topic = draft.image().topics.find(name);
    if (!topic) {
        return fail(ErrorCode::unknown_topic_or_partition, fmt::format("No such topic as {}", name));
    }
    const PartitionRegistration* partition = topic->partition(id);
    if (!partition) {
        return fail(ErrorCode::unknown_topic_or_partition, fmt::format("No such partition as {}-{}", name, id.value));
    }
    const bool as_it_should_be =
        type == preferred ? partition->leader == partition->preferred_leader() : partition->has_leader();
    if (as_it_should_be) {
        return fail(ErrorCode::election_not_needed, "Leader election not needed for topic partition.");
    }
    PartitionWish wish;
    wish.election = type == preferred ? Election::preferred : Election::unclean;
    const std::function<bool(NodeId)> is_alive = [&](NodeId node) { return draft.image().cluster.is_active(node); };
    const TopicConfig config = topic_config(draft, situation, name);
    const auto record =
        plan_partition_change(topic->id, id, *partition, wish, partition_rules(draft, *partition, config, is_alive));
    if (!record) {
        return type == preferred
                   ? fail(ErrorCode::preferred_leader_not_available, "The preferred leader was not available.")
                   : fail(
                         ErrorCode::eligible_leaders_not_available,
                         "Eligible topic partition leaders are not available."
                     );
    }
    draft.append(*record);
    return {};
}

}  // namespace

Decision<ElectLeadersResponse> elect_leaders(const Situation& situation, const ElectLeadersRequest& request) {
    ElectLeadersResponse reply;
    Draft draft(situation.image);
    const auto answer = [&](auto& results, std::string_view topic, PartitionId id, bool tell_needless) {
        const auto done = elect(draft, situation, topic, id, request.election_type);
        if (!done && done.error().code == ErrorCode::election_not_needed && !tell_needless) {
            return;
        }
        auto& result = results.emplace_back();
        result.partition_id = id.value;
        result.error_message.reset();
        if (!done) {
            result.error_code = done.error().code;
            result.error_message = done.error().detail;
        }
        if (!done && done.error().code == ErrorCode::invalid_request) {
            reply.error_code = ErrorCode::invalid_request;
        }
    };
    if (request.topic_partitions) {
        for (const auto& topic : *request.topic_partitions) {
            auto& result = reply.replica_election_results.emplace_back();
            result.topic = topic.topic;
            for (const std::int32_t id : topic.partitions) {
                answer(result.partition_result, topic.topic, {id}, true);
            }
        }
    } else {
        for (const auto& [name, topic_id] : situation.image.topics.by_name()) {
            auto& result = reply.replica_election_results.emplace_back();
            result.topic = name;
            for (const auto& [id, partition] : situation.image.topics.find(topic_id)->partitions) {
                answer(result.partition_result, name, id, false);
            }
        }
    }
    return {std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
