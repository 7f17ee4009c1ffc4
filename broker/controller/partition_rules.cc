#include "controller/partition_rules.h"

namespace barnabas {

TopicConfig topic_config(const Draft& draft, const Situation& situation, std::string_view topic) {
    return TopicConfig::effective(*situation.config.get(), draft.image().configs.entries(topic_target(topic)));
}

bool has_online_directory(const BrokerRegistration& broker, const Uuid& directory) {
    if (directory == unassigned_directory || directory == migrating_directory || broker.directories.empty()) {
        return true;
    }
    return directory != lost_directory && broker.has_directory(directory);
}

PartitionRules partition_rules(
    const Draft& draft, const PartitionRegistration& partition, const TopicConfig& config,
    const std::function<bool(NodeId)>& is_alive
) {
    PartitionRules rules;
    rules.metadata_version = draft.metadata_version();
    rules.eligible_leader_replicas = draft.image().features.has_eligible_leader_replicas();
    rules.min_insync_replicas = static_cast<std::size_t>(config.min_insync_replicas);
    rules.may_lead = [&draft, &partition, &is_alive](NodeId node) {
        const BrokerRegistration* broker = draft.image().cluster.broker(node);
        return broker && is_alive(node) && has_online_directory(*broker, partition.directory(node));
    };
    return rules;
}

void sweep_partitions(Draft& draft, const Situation& situation, const PartitionSweep& sweep) {
    const std::function<bool(NodeId)> is_alive = [&](NodeId node) {
        return node != sweep.leaves && (node == sweep.returns || draft.image().cluster.is_active(node));
    };
    const TopicsImage topics = draft.image().topics;
    for (const auto& [topic_id, topic] : topics.by_id()) {
        std::optional<TopicConfig> config;
        for (const auto& [id, partition] : topic->partitions) {
            if (!sweep.concerns(topic_id, id, *partition)) {
                continue;
            }
            if (!config) {
                config = topic_config(draft, situation, topic->name);
            }
            PartitionWish wish;
            wish.election = config->unclean_leader_election_enable ? Election::unclean : Election::online;
            wish.lost_records = sweep.lost_records;
            wish.isr = partition->isr;
            std::erase_if(*wish.isr, [&](NodeId node) { return node == sweep.leaves || node == sweep.lost_records; });
            const auto change = plan_partition_change(
                topic_id, id, *partition, wish, partition_rules(draft, *partition, *config, is_alive)
            );
            if (change) {
                draft.append(*change);
            }
        }
    }
}

}  // namespace barnabas
