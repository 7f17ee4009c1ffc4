#include "handlers/leader_endpoint.h"

namespace barnabas {

std::optional<LeaderEndpoint> find_leader(
    const MetadataImage& image, const TopicPartition& partition, std::string_view listener
) {
    const PartitionRegistration* state = image.topics.partition(partition.topic, partition.partition);
    const BrokerRegistration* broker = state != nullptr ? image.cluster.broker(state->leader) : nullptr;
    const Endpoint* endpoint = broker != nullptr && !broker->fenced ? broker->endpoint(listener) : nullptr;
    if (endpoint == nullptr) {
        return std::nullopt;
    }
    return LeaderEndpoint{state->leader, state->leader_epoch, *endpoint, broker->rack};
}

}  // namespace barnabas
