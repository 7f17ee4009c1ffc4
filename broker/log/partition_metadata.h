#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "model/ids.h"

namespace barnabas {

inline constexpr std::string_view partition_metadata_file = "partition.metadata";

/// The text of a partition's `partition.metadata`, which says whose folder it is.
[[nodiscard]] std::string partition_metadata_text(const TopicId& topic);
[[nodiscard]] std::expected<TopicId, std::string> parse_partition_metadata(std::string_view text);

}  // namespace barnabas
