#pragma once

#include <cstdint>
#include <string_view>

#include "model/ids.h"

namespace barnabas {

/// Java's String.hashCode of UTF-8 text: over UTF-16 code units; a byte that is not UTF-8 counts as U+FFFD.
[[nodiscard]] std::int32_t java_hash(std::string_view text);

/// The partition of a coordinator's topic that holds `key`: the same as Kafka's, for ever.
[[nodiscard]] PartitionId partition_for_key(std::string_view key, std::int32_t partitions);

}  // namespace barnabas
