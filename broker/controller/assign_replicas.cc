#include <set>

#include "controller/broker_requests.h"
#include "controller/partition_requests.h"
#include "controller/partition_rules.h"

namespace barnabas {
namespace {

ErrorCode assign(
    Draft& draft, const Situation& situation, NodeId broker, const TopicId& topic_id, PartitionId id,
    const Uuid& directory
) {
    const TopicImage* topic = draft.image().topics.find(topic_id);
    if (!topic) {
        return ErrorCode::unknown_topic_id;
    }
    const PartitionRegistration* partition = topic->partition(id);
    if (!partition) {
        return ErrorCode::unknown_topic_or_partition;
    }
    if (!partition->has_replica(broker)) {
        return ErrorCode::not_leader_or_follower;
    }
    PartitionWish wish;
    wish.directory = {broker, directory};
    const std::function<bool(NodeId)> is_alive = [&](NodeId node) { return draft.image().cluster.is_active(node); };
    const TopicConfig config = topic_config(draft, situation, topic->name);
    if (const auto record = plan_partition_change(
            topic_id, id, *partition, wish, partition_rules(draft, *partition, config, is_alive)
        )) {
        draft.append(*record);
    }
    return ErrorCode::none;
}

/// Replicas in a directory that is not there are not in sync.
void drop_lost(Draft& draft, const Situation& situation, NodeId id) {
    const BrokerRegistration broker = *draft.image().cluster.broker(id);
    PartitionSweep sweep;
    sweep.leaves = id;
    sweep.concerns = [&](const TopicId&, PartitionId, const PartitionRegistration& partition) {
        return (partition.is_in_sync(id) || partition.leader == id) &&
               !has_online_directory(broker, partition.directory(id));
    };
    sweep_partitions(draft, situation, sweep);
}

}  // namespace

Decision<AssignReplicasToDirsResponse> assign_replicas(
    const Situation& situation, const AssignReplicasToDirsRequest& request
) {
    AssignReplicasToDirsResponse reply;
    const NodeId broker{request.broker_id};
    const auto sender = expect_broker(situation.image, broker, {request.broker_epoch});
    if (!sender) {
        reply.error_code = sender.error().code;
        return {{}, std::move(reply)};
    }
    Draft draft(situation.image);
    bool some_offline = false;
    for (const auto& directory : request.directories) {
        some_offline = some_offline || !has_online_directory(**sender, directory.id);
        auto& answered = reply.directories.emplace_back();
        answered.id = directory.id;
        for (const auto& topic : directory.topics) {
            auto& answered_topic = answered.topics.emplace_back();
            answered_topic.topic_id = topic.topic_id;
            for (const auto& partition : topic.partitions) {
                auto& result = answered_topic.partitions.emplace_back();
                result.partition_index = partition.partition_index;
                result.error_code =
                    assign(draft, situation, broker, topic.topic_id, {partition.partition_index}, directory.id);
            }
        }
    }
    if (some_offline) {
        drop_lost(draft, situation, broker);
    }
    return {std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
