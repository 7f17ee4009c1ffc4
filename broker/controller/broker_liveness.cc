#include "controller/broker_liveness.h"

#include "controller/partition_rules.h"

namespace barnabas {
namespace {

BrokerRegistrationChangeRecord change_of(const Draft& draft, NodeId id) {
    const BrokerRegistration* broker = draft.image().cluster.broker(id);
    CHECK(broker);
    BrokerRegistrationChangeRecord change;
    change.broker_id = id.value;
    change.broker_epoch = broker->epoch.value;
    return change;
}

/// Everybody else takes over what the broker led.
void leave_isrs(Draft& draft, const Situation& situation, NodeId broker) {
    PartitionSweep sweep;
    sweep.leaves = broker;
    sweep.concerns = [broker](const TopicId&, PartitionId, const PartitionRegistration& partition) {
        return partition.is_in_sync(broker) || partition.leader == broker;
    };
    sweep_partitions(draft, situation, sweep);
}

}  // namespace

void fence_broker(Draft& draft, const Situation& situation, NodeId broker) {
    leave_isrs(draft, situation, broker);
    BrokerRegistrationChangeRecord change = change_of(draft, broker);
    change.fenced = 1;
    draft.append(std::move(change));
}

void unfence_broker(Draft& draft, const Situation& situation, NodeId broker) {
    BrokerRegistrationChangeRecord change = change_of(draft, broker);
    change.fenced = -1;
    draft.append(std::move(change));
    PartitionSweep sweep;
    sweep.returns = broker;
    sweep.concerns = [](const TopicId&, PartitionId, const PartitionRegistration& partition) {
        return !partition.has_leader();
    };
    sweep_partitions(draft, situation, sweep);
}

void begin_controlled_shutdown(Draft& draft, const Situation& situation, NodeId broker) {
    BrokerRegistrationChangeRecord change = change_of(draft, broker);
    change.in_controlled_shutdown = 1;
    draft.append(std::move(change), 1);
    leave_isrs(draft, situation, broker);
}

void unregister_broker(Draft& draft, const Situation& situation, NodeId broker) {
    leave_isrs(draft, situation, broker);
    const BrokerRegistrationChangeRecord whom = change_of(draft, broker);
    UnregisterBrokerRecord record;
    record.broker_id = whom.broker_id;
    record.broker_epoch = whom.broker_epoch;
    draft.append(std::move(record));
}

void leave_before_return(Draft& draft, const Situation& situation, NodeId broker, bool orderly) {
    if (orderly || !draft.image().features.has_eligible_leader_replicas()) {
        return leave_isrs(draft, situation, broker);
    }
    PartitionSweep sweep;
    sweep.lost_records = broker;
    sweep.concerns = [broker](const TopicId&, PartitionId, const PartitionRegistration& partition) {
        return partition.is_in_sync(broker) || contains(partition.eligible_leader_replicas, broker);
    };
    sweep_partitions(draft, situation, sweep);
}

void lose_directories(Draft& draft, const Situation& situation, NodeId id, const std::vector<Uuid>& offline) {
    const BrokerRegistration broker = *draft.image().cluster.broker(id);
    const auto lost = [&](const Uuid& directory) { return std::ranges::find(offline, directory) != offline.end(); };
    BrokerRegistrationChangeRecord change = change_of(draft, id);
    std::ranges::remove_copy_if(broker.directories, std::back_inserter(change.log_dirs), lost);
    if (change.log_dirs.size() == broker.directories.size()) {
        return;
    }
    draft.append(std::move(change), 2);
    PartitionSweep sweep;
    sweep.leaves = id;
    sweep.concerns = [&](const TopicId&, PartitionId, const PartitionRegistration& partition) {
        return (partition.is_in_sync(id) || partition.leader == id) && lost(partition.directory(id));
    };
    sweep_partitions(draft, situation, sweep);
}

bool leads_anything(const MetadataImage& image, NodeId broker) {
    for (const auto& [topic_id, topic] : image.topics.by_id()) {
        for (const auto& [id, partition] : topic->partitions) {
            if (partition->leader == broker) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace barnabas
