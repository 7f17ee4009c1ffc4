#pragma once

#include <map>
#include <optional>
#include <vector>

#include "client/endpoint.h"
#include "model/topic_partition.h"
#include "protocol/metadata.h"

namespace barnabas {

/// What a client knows of the cluster: brokers, and the leaders of the topics it asked about. A value without I/O.
class ClusterMetadata {
public:
    struct Partition {
        NodeId leader = no_node;
        LeaderEpoch epoch = no_leader_epoch;
    };
    struct Topic {
        ErrorCode error = ErrorCode::none;
        TopicId id;
        bool internal = false;
        std::map<PartitionId, Partition> partitions;
    };

    /// Takes the brokers, and the topics that the response speaks of. Of a partition, a leader of an older epoch than
    /// the one that is known does not count.
    void update(const MetadataResponse& response);

    /// Known to be wrong: the partition has no leader until the next update.
    void forget_leader(const TopicPartition& partition);

    [[nodiscard]] const std::map<NodeId, HostPort>& brokers() const { return brokers_; }
    [[nodiscard]] const std::map<std::string, Topic, std::less<>>& topics() const { return topics_; }
    [[nodiscard]] const Topic* topic(std::string_view name) const;
    [[nodiscard]] std::optional<NodeId> leader(const TopicPartition& partition) const;
    /// Empty where the peer has none.
    [[nodiscard]] const std::string& cluster_id() const { return cluster_id_; }

private:
    std::map<NodeId, HostPort> brokers_;
    std::map<std::string, Topic, std::less<>> topics_;
    std::string cluster_id_;
};

}  // namespace barnabas
