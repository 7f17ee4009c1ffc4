#include "client/partitioner.h"

#include <algorithm>

#include "common/check.h"

namespace barnabas {

std::int32_t murmur2(BytesView bytes) {
    constexpr std::uint32_t seed = 0x9747b28c;
    constexpr std::uint32_t multiplier = 0x5bd1e995;
    std::uint32_t hash = seed ^ static_cast<std::uint32_t>(bytes.size());
    for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
        std::uint32_t word = 0;
        for (int i = 3; i >= 0; --i) {
            word = word << 8 | std::to_integer<std::uint32_t>(bytes[static_cast<std::size_t>(i)]);
        }
        word *= multiplier;
        word ^= word >> 24;
        word *= multiplier;
        hash = hash * multiplier ^ word;
    }
    if (!bytes.empty()) {
        for (std::size_t i = bytes.size(); i > 0; --i) {
            hash ^= std::to_integer<std::uint32_t>(bytes[i - 1]) << (8 * (i - 1));
        }
        hash *= multiplier;
    }
    hash ^= hash >> 13;
    hash *= multiplier;
    hash ^= hash >> 15;
    return static_cast<std::int32_t>(hash);
}

PartitionId partition_of_key(BytesView key, std::int32_t count) {
    CHECK(count > 0);
    return {(murmur2(key) & INT32_MAX) % count};
}

PartitionId StickyPartitioner::choose(
    const std::string& topic, std::span<const PartitionId> available, std::size_t record_bytes
) {
    CHECK(!available.empty());
    const auto pick = [&] {
        return available[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(available.size())))];
    };
    const auto [found, added] = choices_.try_emplace(topic, Choice{});
    Choice& choice = found->second;
    const bool gone = std::ranges::find(available, choice.partition) == available.end();
    if (added || gone || choice.bytes >= bytes_before_switch_) {
        choice = {pick(), 0};
    }
    choice.bytes += record_bytes;
    return choice.partition;
}

}  // namespace barnabas
