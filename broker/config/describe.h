#pragma once

#include <span>

#include "config/live_config.h"

namespace barnabas {

/// Where a value comes from, with Kafka's numbers in a DescribeConfigs answer.
enum class ConfigSource : std::int8_t {
    dynamic_topic = 1,
    dynamic_broker = 2,
    dynamic_default_broker = 3,
    static_broker = 4,
    default_value = 5,
    dynamic_client_metrics = 7,
    dynamic_group = 8,
};

/// One place where a value of the setting stands; those that are overruled are told too, in the order of precedence.
struct ConfigSynonym {
    std::string name;
    std::optional<std::string> value;
    ConfigSource source = ConfigSource::default_value;
    bool operator==(const ConfigSynonym&) const = default;
};

/// One setting of a DescribeConfigs answer. A secret's value is never there.
struct DescribedConfig {
    std::string name;
    std::optional<std::string> value;
    bool read_only = false;
    ConfigSource source = ConfigSource::default_value;
    bool sensitive = false;
    std::vector<ConfigSynonym> synonyms;
    std::int8_t type = 0;  ///< a ConfigType, or 0 for a key that has no option
    std::string_view documentation;
};

/// The layers of this broker's configuration, as they hold at one moment.
struct ConfigLayers {
    const NodeSettings& node;
    const ConfigEntries& cluster;
    const ConfigEntries& broker;
    const Config& effective;
};

/// All settings of a resource, as Apache Kafka tells them; of `keys` only those, unless it is empty. The order is that
/// of our tables.
[[nodiscard]] std::vector<DescribedConfig> describe_broker(
    const ConfigLayers& layers, std::span<const std::string_view> keys = {}
);
/// What is set for all brokers.
[[nodiscard]] std::vector<DescribedConfig> describe_cluster(
    const ConfigLayers& layers, std::span<const std::string_view> keys = {}
);
[[nodiscard]] std::vector<DescribedConfig> describe_topic(
    const ConfigLayers& layers, const ConfigEntries& overrides, std::span<const std::string_view> keys = {}
);
[[nodiscard]] std::vector<DescribedConfig> describe_group(
    const ConfigLayers& layers, const ConfigEntries& overrides, std::span<const std::string_view> keys = {}
);

}  // namespace barnabas
