#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/random.h"
#include "metadata/cluster_image.h"

namespace barnabas {

/// Chooses brokers for new partitions: leaders go round the racks and, within them, round the brokers; the replicas of
/// one partition stand in as many racks as there are. A fenced broker never comes first, and comes at all only when
/// there are too few others in its rack. Where the rounds begin is random.
class ReplicaPlacement {
public:
    /// Brokers that are leaving take no replicas, nor do those whose directories are all cordoned.
    ReplicaPlacement(const ClusterImage& cluster, Random& random);

    /// The replicas of the next partition, the preferred leader first. Errors: invalid_replication_factor.
    [[nodiscard]] Expected<std::vector<NodeId>> place(std::int16_t replication_factor);

private:
    struct Rack {
        std::vector<NodeId> unfenced;
        std::vector<NodeId> fenced;
        std::size_t turn = 0;  ///< of its next first replica
    };

    [[nodiscard]] std::size_t next_leader_rack();
    void shuffle(std::vector<NodeId>& brokers);

    Random& random_;
    std::vector<Rack> racks_;  ///< by name, those without one first
    std::size_t brokers_ = 0;
    std::size_t unfenced_ = 0;
    std::size_t rack_turn_ = 0;
};

}  // namespace barnabas
