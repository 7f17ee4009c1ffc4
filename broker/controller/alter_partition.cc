#include <algorithm>

#include "controller/broker_requests.h"
#include "controller/partition_requests.h"
#include "controller/partition_rules.h"

namespace barnabas {
namespace {

using IsrWish = AlterPartitionRequest::PartitionData;
using IsrResult = AlterPartitionResponse::PartitionData;

struct InSyncReplica {
    NodeId id;
    BrokerEpoch epoch{-1};  ///< of its registration when the leader counted it in; -1 when the leader does not know
};

std::vector<InSyncReplica> proposed_isr(const IsrWish& wish, std::int16_t version) {
    std::vector<InSyncReplica> isr;
    if (version < 3) {
        for (const std::int32_t id : wish.new_isr) {
            isr.push_back({{id}, {-1}});
        }
    } else {
        for (const auto& each : wish.new_isr_with_epochs) {
            isr.push_back({{each.broker_id}, {each.broker_epoch}});
        }
    }
    return isr;
}

bool is_eligible(const ClusterImage& cluster, const InSyncReplica& replica) {
    const BrokerRegistration* broker = cluster.broker(replica.id);
    return broker && broker->is_active() && (replica.epoch.value == -1 || replica.epoch == broker->epoch);
}

bool is_valid_isr(const PartitionRegistration& partition, const std::vector<InSyncReplica>& isr) {
    std::vector<NodeId> ids(isr.size());
    std::ranges::transform(isr, ids.begin(), &InSyncReplica::id);
    std::ranges::sort(ids);
    return !ids.empty() && std::ranges::adjacent_find(ids) == ids.end() &&
           std::ranges::all_of(ids, [&](NodeId id) { return partition.has_replica(id); });
}

/// A leader that knows more than this controller talks to one that has been replaced; one that knows less has to
/// learn first.
ErrorCode check_epochs(const PartitionRegistration& partition, NodeId from, const IsrWish& wish) {
    if (wish.leader_epoch > partition.leader_epoch.value || wish.partition_epoch > partition.partition_epoch.value) {
        return ErrorCode::not_controller;
    }
    if (wish.leader_epoch < partition.leader_epoch.value) {
        return ErrorCode::fenced_leader_epoch;
    }
    if (from != partition.leader) {
        return ErrorCode::invalid_request;
    }
    return wish.partition_epoch < partition.partition_epoch.value ? ErrorCode::invalid_update_version : ErrorCode::none;
}

ErrorCode check_isr(
    const Draft& draft, const PartitionRegistration& partition, const IsrWish& wish,
    const std::vector<InSyncReplica>& isr
) {
    const auto recovery = static_cast<LeaderRecovery>(wish.leader_recovery_state);
    const bool has_leader =
        std::ranges::any_of(isr, [&](const InSyncReplica& each) { return each.id == partition.leader; });
    if (!is_valid_isr(partition, isr) || !has_leader) {
        return ErrorCode::invalid_request;
    }
    if (recovery == LeaderRecovery::recovering && isr.size() > 1) {
        return ErrorCode::invalid_request;
    }
    if (recovery == LeaderRecovery::recovering && partition.leader_recovery == LeaderRecovery::recovered) {
        return ErrorCode::invalid_request;
    }
    const ClusterImage& cluster = draft.image().cluster;
    return std::ranges::all_of(isr, [&](const InSyncReplica& each) { return is_eligible(cluster, each); })
               ? ErrorCode::none
               : ErrorCode::ineligible_replica;
}

IsrResult alter(
    Draft& draft, const Situation& situation, NodeId from, const TopicImage& topic, const IsrWish& wish,
    std::int16_t version
) {
    IsrResult result;
    result.partition_index = wish.partition_index;
    const PartitionId id{wish.partition_index};
    const PartitionRegistration* partition = topic.partition(id);
    if (!partition) {
        result.error_code = ErrorCode::unknown_topic_or_partition;
        return result;
    }
    const std::vector<InSyncReplica> isr = proposed_isr(wish, version);
    result.error_code = check_epochs(*partition, from, wish);
    if (result.error_code == ErrorCode::none) {
        result.error_code = check_isr(draft, *partition, wish, isr);
    }
    if (result.error_code != ErrorCode::none) {
        return result;
    }
    const TopicConfig config = topic_config(draft, situation, topic.name);
    PartitionWish change;
    change.election = config.unclean_leader_election_enable ? Election::unclean : Election::online;
    change.leader_recovery = static_cast<LeaderRecovery>(wish.leader_recovery_state);
    change.isr.emplace(isr.size());
    std::ranges::transform(isr, change.isr->begin(), &InSyncReplica::id);
    const std::function<bool(NodeId)> is_alive = [&](NodeId node) { return draft.image().cluster.is_active(node); };
    const auto record =
        plan_partition_change(topic.id, id, *partition, change, partition_rules(draft, *partition, config, is_alive));
    if (record) {
        draft.append(*record);
    }
    const PartitionRegistration& after = *draft.image().topics.partition(topic.id, id);
    if (after.leader != from) {
        // The change ended a reassignment, and the leader is among those that left.
        result.error_code = ErrorCode::new_leader_elected;
        return result;
    }
    result.leader_id = after.leader.value;
    result.leader_epoch = after.leader_epoch.value;
    result.isr = to_numbers(after.isr);
    result.leader_recovery_state = static_cast<std::int8_t>(after.leader_recovery);
    result.partition_epoch = after.partition_epoch.value;
    return result;
}

}  // namespace

Decision<AlterPartitionResponse> alter_partition(
    const Situation& situation, const AlterPartitionRequest& request, std::int16_t version
) {
    AlterPartitionResponse reply;
    const NodeId from{request.broker_id};
    if (const auto sender = expect_broker(situation.image, from, {request.broker_epoch}); !sender) {
        reply.error_code = ErrorCode::stale_broker_epoch;
        return {{}, std::move(reply)};
    }
    Draft draft(situation.image);
    for (const auto& wished : request.topics) {
        auto& answered = reply.topics.emplace_back();
        answered.topic_id = wished.topic_id;
        const TopicImage* topic = situation.image.topics.find(wished.topic_id);
        for (const IsrWish& wish : wished.partitions) {
            if (topic) {
                answered.partitions.push_back(alter(draft, situation, from, *topic, wish, version));
            } else {
                IsrResult& result = answered.partitions.emplace_back();
                result.partition_index = wish.partition_index;
                result.error_code = ErrorCode::unknown_topic_id;
            }
        }
    }
    return {std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
