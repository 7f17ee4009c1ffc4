#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/bytes.h"

namespace barnabas {

/// The topics that a member of protocol type "consumer" subscribes to, read from its metadata as Kafka reads it: the
/// version is ignored, since the topics stand in front in all of them. Nothing when that makes no sense.
[[nodiscard]] std::optional<std::vector<std::string>> subscribed_topics_of(BytesView metadata);

}  // namespace barnabas
