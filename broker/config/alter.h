#pragma once

#include <optional>
#include <span>

#include "config/node_settings.h"
#include "model/error.h"

namespace barnabas {

/// One key of an IncrementalAlterConfigs request. `operation` as on the wire: 0 set, 1 delete, 2 append, 3 subtract.
struct ConfigChange {
    std::string key;
    std::int8_t operation = 0;
    std::optional<std::string> value;
};

/// Resources whose settings can be altered, with Kafka's numbers.
enum class ConfigResource : std::int8_t { topic = 2, broker = 4, group = 32 };

/// The overrides of a resource after `changes`, which are not validated yet. Errors: invalid_request for a key that
/// comes twice or lacks its value, invalid_config for append or subtract on what is no list, unknown_server_error (as
/// Kafka) for an operation that does not exist.
[[nodiscard]] Expected<ConfigEntries> changed_entries(
    ConfigResource resource, const ConfigEntries& current, std::span<const ConfigChange> changes
);

/// The same for AlterConfigs, whose entries replace all that was there; its operations are ignored.
[[nodiscard]] Expected<ConfigEntries> replaced_entries(std::span<const ConfigChange> entries);

/// Whether a topic may have these overrides, also when it is being created. Errors: invalid_config.
[[nodiscard]] Expected<void> validate_topic_config(const Config& config, const ConfigEntries& overrides);

/// Whether a group may have these overrides on a node with this configuration. Errors: invalid_config.
[[nodiscard]] Expected<void> validate_group_config(const Config& config, const ConfigEntries& overrides);

/// The other layers that a change of a broker's or the cluster's settings is seen against.
struct BrokerLayers {
    const NodeSettings& node;
    const ConfigEntries& cluster;
    const ConfigEntries& broker;
    bool eligible_leader_replicas;  ///< the feature is on, and min.insync.replicas belongs to the controller
};

/// Whether this broker's dynamic settings (or, with `of_cluster`, those of all brokers) may become `after`. Only what
/// differs from before is judged. Errors: invalid_request, invalid_config.
[[nodiscard]] Expected<void> validate_broker_config(
    const BrokerLayers& layers, bool of_cluster, const ConfigEntries& after
);

/// The name of a broker resource in a request to change it: empty for all brokers, else this broker's id. Answers
/// whether it is the former. Errors: invalid_request.
[[nodiscard]] Expected<bool> parse_broker_resource(std::string_view name, std::int32_t own_id);

}  // namespace barnabas
