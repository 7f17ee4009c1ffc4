#pragma once

#include <cstdint>
#include <string_view>

#include "model/ids.h"

namespace barnabas {

/// The partition of a coordinator's topic that holds `key`: the same as Kafka's, for ever.
[[nodiscard]] PartitionId partition_for_key(std::string_view key, std::int32_t partitions);

}  // namespace barnabas
