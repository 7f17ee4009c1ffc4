#pragma once

#include <expected>

#include "config/config.h"

namespace barnabas {

/// Holds settings against each other, each of which is allowed by itself: Kafka's rules for a node in KRaft mode, and
/// what this version can run. Every sentence names the keys, their values and what to do; none when all is well.
[[nodiscard]] std::vector<std::string> cross_check(const Config& config);

/// The part of it that can also be broken by a change while the node runs.
[[nodiscard]] std::vector<std::string> cross_check_values(const Config& config);

}  // namespace barnabas
