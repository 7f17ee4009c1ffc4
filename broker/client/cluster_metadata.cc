#include "client/cluster_metadata.h"

namespace barnabas {

void ClusterMetadata::update(const MetadataResponse& response) {
    brokers_.clear();
    for (const auto& broker : response.brokers) {
        brokers_[{broker.node_id}] = {broker.host, static_cast<std::uint16_t>(broker.port)};
    }
    cluster_id_ = response.cluster_id.value_or("");
    for (const auto& row : response.topics) {
        if (!row.name) {
            continue;
        }
        Topic topic{row.error_code, row.topic_id, row.is_internal, {}};
        const Topic* known = this->topic(*row.name);
        for (const auto& partition : row.partitions) {
            const Partition now{{partition.leader_id}, {partition.leader_epoch}};
            Partition& chosen = topic.partitions[{partition.partition_index}] = now;
            if (known == nullptr || known->id != topic.id) {
                continue;
            }
            const auto before = known->partitions.find({partition.partition_index});
            if (before != known->partitions.end() && before->second.epoch > now.epoch &&
                before->second.leader != no_node) {
                chosen = before->second;
            }
        }
        topics_.insert_or_assign(*row.name, std::move(topic));
    }
}

void ClusterMetadata::forget_leader(const TopicPartition& partition) {
    if (const auto topic = topics_.find(partition.topic); topic != topics_.end()) {
        if (const auto found = topic->second.partitions.find(partition.partition);
            found != topic->second.partitions.end()) {
            found->second.leader = no_node;
        }
    }
}

const ClusterMetadata::Topic* ClusterMetadata::topic(std::string_view name) const {
    const auto found = topics_.find(name);
    return found == topics_.end() ? nullptr : &found->second;
}

std::optional<NodeId> ClusterMetadata::leader(const TopicPartition& partition) const {
    const Topic* known = topic(partition.topic);
    if (known == nullptr) {
        return std::nullopt;
    }
    const auto found = known->partitions.find(partition.partition);
    if (found == known->partitions.end() || found->second.leader == no_node) {
        return std::nullopt;
    }
    return found->second.leader;
}

}  // namespace barnabas
