#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/describe_configs.h"
#include "protocol/describe_topic_partitions.h"
#include "protocol/list_partition_reassignments.h"
#include "protocol/metadata.h"

namespace barnabas {

/// A topic as `topics --describe` prints it.
struct TopicDescription {
    struct Partition {
        std::int32_t index = 0;
        std::int32_t leader = -1;
        std::vector<std::int32_t> replicas;
        std::vector<std::int32_t> isr;
        std::optional<std::vector<std::int32_t>> eligible_leaders;  ///< nothing where the broker cannot tell
        std::optional<std::vector<std::int32_t>> last_known_eligible_leaders;
        std::optional<ListPartitionReassignmentsResponseOngoingPartitionReassignment> reassignment;
    };
    std::string name;
    Uuid id;
    std::vector<Partition> partitions;  ///< by index
    std::vector<DescribeConfigsResponseDescribeConfigsResourceResult> configs;
};

/// What `topics --describe` leaves out.
struct DescribeTopicsFilter {
    bool under_replicated = false;
    bool unavailable = false;
    bool under_min_isr = false;
    bool at_min_isr = false;
    bool only_overridden = false;
    std::set<std::int32_t> live_brokers;

    [[nodiscard]] bool by_partition() const { return under_replicated || unavailable || under_min_isr || at_min_isr; }
};

[[nodiscard]] TopicDescription describe(
    const DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic& topic
);
[[nodiscard]] TopicDescription describe(const MetadataResponse::MetadataResponseTopic& topic);

/// The lines of one topic.
[[nodiscard]] std::string render(const TopicDescription& topic, const DescribeTopicsFilter& filter);

}  // namespace barnabas
