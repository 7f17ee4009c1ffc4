#pragma once

#include <cstdint>

#include "common/strong_id.h"
#include "common/uuid.h"

namespace barnabas {

/// A broker or controller of the cluster (`node.id`). Kafka's broker id and node id are the same number.
using NodeId = StrongId<std::int32_t, struct NodeIdTag>;
inline constexpr NodeId no_node{-1};

/// A partition's number within its topic.
using PartitionId = StrongId<std::int32_t, struct PartitionIdTag>;

/// A record's place in its partition.
using Offset = StrongId<std::int64_t, struct OffsetTag>;
inline constexpr Offset no_offset{-1};

// Peers and damaged files can claim any offset: sums wrap around, as Kafka's do, instead of being undefined.
constexpr Offset operator+(Offset offset, std::int64_t records) {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(offset.value) + static_cast<std::uint64_t>(records))};
}
constexpr Offset operator-(Offset offset, std::int64_t records) {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(offset.value) - static_cast<std::uint64_t>(records))};
}
constexpr std::int64_t operator-(Offset left, Offset right) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(left.value) - static_cast<std::uint64_t>(right.value));
}

/// Counts the leaders of a partition, or of the quorum.
using LeaderEpoch = StrongId<std::int32_t, struct LeaderEpochTag>;
inline constexpr LeaderEpoch no_leader_epoch{-1};

/// Counts the changes to a partition's record in the metadata.
using PartitionEpoch = StrongId<std::int32_t, struct PartitionEpochTag>;

/// The metadata offset of a broker's registration.
using BrokerEpoch = StrongId<std::int64_t, struct BrokerEpochTag>;

using ProducerId = StrongId<std::int64_t, struct ProducerIdTag>;
inline constexpr ProducerId no_producer{-1};

using ProducerEpoch = StrongId<std::int16_t, struct ProducerEpochTag>;
inline constexpr ProducerEpoch no_producer_epoch{-1};

using TopicId = Uuid;

}  // namespace barnabas
