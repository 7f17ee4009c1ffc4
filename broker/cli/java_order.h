#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "model/java_hash.h"
#include "model/topic_partition.h"

namespace barnabas {

/// java.util.HashMap's bucket of a hash, in a table of `buckets`, a power of two.
[[nodiscard]] constexpr std::size_t java_bucket(std::int32_t hash, std::size_t buckets) {
    const auto bits = static_cast<std::uint32_t>(hash);
    return (bits ^ bits >> 16) & (buckets - 1);
}

/// `items`, whose keys are distinct, in the order in which a java.util.HashMap gives them back after they were put into
/// it in the order given. Apache's tools print some lists in that order. `capacity` is the map's initial one, and
/// `hash` an item's hashCode.
template <class Item, class Hash>
[[nodiscard]] std::vector<Item> java_hash_order(std::vector<Item> items, Hash hash, std::size_t capacity = 16) {
    // A map doubles as soon as it is more than three quarters full.
    std::size_t buckets = std::bit_ceil(std::max<std::size_t>(capacity, 1));
    while (items.size() * 4 > buckets * 3) {
        buckets *= 2;
    }
    std::vector<std::vector<Item>> chains(buckets);
    for (Item& item : items) {
        chains[java_bucket(hash(item), buckets)].push_back(std::move(item));
    }
    std::vector<Item> ordered;
    ordered.reserve(items.size());
    for (auto& chain : chains) {
        std::ranges::move(chain, std::back_inserter(ordered));
    }
    return ordered;
}

/// org.apache.kafka.common.TopicPartition.hashCode.
[[nodiscard]] inline std::int32_t java_hash(const TopicPartition& partition) {
    const auto number = static_cast<std::uint32_t>(partition.partition.value);
    return static_cast<std::int32_t>((31 + number) * 31 + static_cast<std::uint32_t>(java_hash(partition.topic)));
}

}  // namespace barnabas
