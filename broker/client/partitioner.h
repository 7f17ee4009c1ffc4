#pragma once

#include <map>
#include <span>
#include <string>

#include "common/bytes.h"
#include "common/random.h"
#include "model/ids.h"

namespace barnabas {

/// MurmurHash2 with the seed of Kafka's Java client.
[[nodiscard]] std::int32_t murmur2(BytesView bytes);

/// Where the Java client's default partitioner puts a record with this key. `count` partitions, at least one.
[[nodiscard]] PartitionId partition_of_key(BytesView key, std::int32_t count);

/// Chooses partitions for records without a key as the Java client does (KIP-794): stays with one until a batch's
/// worth of bytes went there, then takes another at random.
class StickyPartitioner {
public:
    StickyPartitioner(Random random, std::size_t bytes_before_switch)
        : random_(random), bytes_before_switch_(bytes_before_switch) {}

    /// `available` are the partitions that have a leader, at least one.
    PartitionId choose(const std::string& topic, std::span<const PartitionId> available, std::size_t record_bytes);

private:
    struct Choice {
        PartitionId partition;
        std::size_t bytes = 0;
    };

    Random random_;
    std::size_t bytes_before_switch_;
    std::map<std::string, Choice> choices_;
};

}  // namespace barnabas
