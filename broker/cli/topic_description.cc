#include "cli/topic_description.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/flags.h"

namespace barnabas {

namespace {

constexpr std::int8_t default_source = 5;

bool is_default(const DescribeConfigsResponse::DescribeConfigsResourceResult& config) {
    return config.config_source == default_source;
}

/// While replicas are being added, they do not count.
std::size_t replication_factor(const TopicDescription::Partition& partition) {
    const auto& moving = partition.reassignment;
    const bool in_progress =
        moving && std::ranges::any_of(partition.replicas, [&](std::int32_t id) {
            return contains(moving->adding_replicas, id) || contains(moving->removing_replicas, id);
        });
    return in_progress ? moving->replicas.size() - moving->adding_replicas.size() : partition.replicas.size();
}

std::int64_t min_isr(const TopicDescription& topic) {
    for (const auto& config : topic.configs) {
        if (config.name == "min.insync.replicas" && config.value) {
            return parse_number(*config.value).value_or(1);
        }
    }
    return 1;
}

bool wanted(
    const TopicDescription& topic, const TopicDescription::Partition& partition, const DescribeTopicsFilter& filter
) {
    const bool has_leader = partition.leader >= 0;
    const auto in_sync = static_cast<std::int64_t>(partition.isr.size());
    return !filter.by_partition() ||
           (filter.under_replicated && replication_factor(partition) > partition.isr.size()) ||
           (filter.under_min_isr && (!has_leader || in_sync < min_isr(topic))) ||
           (filter.at_min_isr && in_sync == min_isr(topic)) ||
           (filter.unavailable && (!has_leader || !filter.live_brokers.contains(partition.leader)));
}

std::string ids(const std::vector<std::int32_t>& nodes) {
    return fmt::format("{}", fmt::join(nodes, ","));
}

std::string ids_if_known(const std::optional<std::vector<std::int32_t>>& nodes) {
    return nodes ? ids(*nodes) : "N/A";
}

std::string topic_line(const TopicDescription& topic) {
    std::vector<std::string> configs;
    for (const auto& config : topic.configs) {
        if (!is_default(config)) {
            configs.push_back(config.name + '=' + config.value.value_or("null"));
        }
    }
    std::string line = "Topic: " + topic.name;
    if (!topic.id.is_zero()) {
        line += "\tTopicId: " + topic.id.text();
    }
    return line + fmt::format(
                      "\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n", topic.partitions.size(),
                      replication_factor(topic.partitions.front()), join(configs, ",")
                  );
}

std::string partition_line(const TopicDescription& topic, const TopicDescription::Partition& partition) {
    std::string line = fmt::format(
        "\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}", topic.name, partition.index,
        partition.leader >= 0 ? std::to_string(partition.leader) : "none", ids(partition.replicas), ids(partition.isr)
    );
    if (partition.reassignment) {
        line += fmt::format(
            "\tAdding Replicas: {}\tRemoving Replicas: {}", ids(partition.reassignment->adding_replicas),
            ids(partition.reassignment->removing_replicas)
        );
    }
    return line + fmt::format(
                      "\tElr: {}\tLastKnownElr: {}\n", ids_if_known(partition.eligible_leaders),
                      ids_if_known(partition.last_known_eligible_leaders)
                  );
}

}  // namespace

TopicDescription describe(const DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic& topic) {
    TopicDescription description{topic.name.value_or(""), topic.topic_id, {}, {}};
    for (const auto& row : topic.partitions) {
        description.partitions.push_back(
            {row.partition_index, row.leader_id, row.replica_nodes, row.isr_nodes,
             row.eligible_leader_replicas.value_or(std::vector<std::int32_t>()),
             row.last_known_elr.value_or(std::vector<std::int32_t>()), std::nullopt}
        );
    }
    std::ranges::sort(description.partitions, {}, &TopicDescription::Partition::index);
    return description;
}

TopicDescription describe(const MetadataResponse::MetadataResponseTopic& topic) {
    TopicDescription description{topic.name.value_or(""), topic.topic_id, {}, {}};
    for (const auto& row : topic.partitions) {
        description.partitions.push_back(
            {row.partition_index, row.leader_id, row.replica_nodes, row.isr_nodes, std::nullopt, std::nullopt,
             std::nullopt}
        );
    }
    std::ranges::sort(description.partitions, {}, &TopicDescription::Partition::index);
    return description;
}

std::string render(const TopicDescription& topic, const DescribeTopicsFilter& filter) {
    std::string text;
    if (topic.partitions.empty()) {
        return text;
    }
    if (!filter.by_partition() && (!filter.only_overridden || !std::ranges::all_of(topic.configs, is_default))) {
        text += topic_line(topic);
    }
    if (!filter.only_overridden) {
        for (const TopicDescription::Partition& partition : topic.partitions) {
            if (wanted(topic, partition, filter)) {
                text += partition_line(topic, partition);
            }
        }
    }
    return text;
}

}  // namespace barnabas
