#pragma once

#include <span>

#include "config/properties.h"
#include "config/topic_config.h"

namespace barnabas {

/// What a node was started with.
struct NodeSettings {
    ConfigEntries written;  ///< the keys that were set, as they were written
    Config config;          ///< what they mean, the others at their defaults
};

/// Reads the settings of server.properties (later ones win), and holds them against each other. All that is wrong is
/// told at once, a sentence each: unknown keys with the nearest known one, values that are not allowed, settings that
/// ask for what is not supported, settings that contradict each other.
[[nodiscard]] std::expected<NodeSettings, std::vector<std::string>> read_node_settings(
    std::span<const Property> properties
);

/// What a node runs with that was given no configuration at all: broker and controller in one, alone, on port 9092,
/// with its data in ./barnabas-data.
[[nodiscard]] std::span<const Property> single_node_properties();
[[nodiscard]] Config default_single_node();

}  // namespace barnabas
