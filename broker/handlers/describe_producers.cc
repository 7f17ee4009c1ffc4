// DescribeProducers (API 61, KIP-664): the producers that a partition remembers.

#include "protocol/describe_producers.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "model/topic_name.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

using ProducersAnswer = DescribeProducersResponse::PartitionResponse;

DescribeProducersResponse::ProducerState state_of(const ProducerEntry& entry) {
    return {
        .producer_id = entry.producer.value,
        .producer_epoch = entry.epoch.value,
        .last_sequence = entry.last_sequence(),
        .last_timestamp = entry.last_timestamp.time_since_epoch().count(),
        .coordinator_epoch = entry.coordinator_epoch,
        .current_txn_start_offset = entry.transaction_first_offset.value_or(no_offset).value,
        .unknown_tags = {},
    };
}

ProducersAnswer describe(const Broker& broker, const AccessRights& access, std::string_view topic, std::int32_t index) {
    ProducersAnswer answer{.partition_index = index, .error_code = ErrorCode::none};
    if (const auto valid = validate_topic_name(topic); !valid) {
        answer.error_code = valid.error().code;
        answer.error_message = valid.error().detail;
        return answer;
    }
    if (!access.allows_topic(AclOperation::read, topic)) {
        answer.error_code = ErrorCode::topic_authorization_failed;
        answer.error_message = text(ErrorCode::topic_authorization_failed);
        return answer;
    }
    const auto partition = broker.replicas.find(topic, PartitionId{index});
    const auto log = partition ? (*partition)->leader_log() : std::unexpected(partition.error());
    if (!log) {
        answer.error_code = log.error().code;
        answer.error_message = log.error().detail;
        return answer;
    }
    const std::scoped_lock lock((*partition)->hosted()->mutex);
    for (const auto& [id, entry] : (*log)->producers().producers()) {
        answer.active_producers.push_back(state_of(entry));
    }
    return answer;
}

}  // namespace

Task<DescribeProducersResponse> handle(RequestContext& context, DescribeProducersRequest request) {
    DescribeProducersResponse response;
    const AccessRights access(context);
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.name = topic.name;
        for (const std::int32_t index : topic.partition_indexes) {
            answered.partitions.push_back(describe(context.broker, access, topic.name, index));
        }
    }
    co_return response;
}

}  // namespace barnabas
