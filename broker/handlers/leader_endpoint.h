#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "metadata/metadata_image.h"
#include "model/topic_partition.h"

namespace barnabas {

/// Who leads a partition, and where a client of some listener reaches it: for "not leader" answers, which spare the
/// client a Metadata request (KIP-951).
struct LeaderEndpoint {
    NodeId id;
    LeaderEpoch epoch;
    Endpoint endpoint;
    std::optional<std::string> rack;
};

/// Nothing when the partition has no leader that the listener reaches.
[[nodiscard]] std::optional<LeaderEndpoint> find_leader(
    const MetadataImage& image, const TopicPartition& partition, std::string_view listener
);

/// Adds the leader to the `node_endpoints` of a response, once.
template <class Endpoints>
void add_endpoint(std::vector<Endpoints>& endpoints, const LeaderEndpoint& leader) {
    if (std::ranges::find(endpoints, leader.id.value, &Endpoints::node_id) == endpoints.end()) {
        auto& added = endpoints.emplace_back();
        added.node_id = leader.id.value;
        added.host = leader.endpoint.host;
        added.port = leader.endpoint.port;
        added.rack = leader.rack;
    }
}

}  // namespace barnabas
