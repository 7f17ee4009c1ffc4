#pragma once

#include <memory>

#include "config/topic_config.h"
#include "metadata/metadata_record.h"
#include "metadata/persistent_map.h"
#include "model/ids.h"

namespace barnabas {

/// Kafka's numbers of what can be configured.
enum class ConfigResourceType : std::int8_t {
    unknown = 0,
    topic = 2,
    broker = 4,
    broker_logger = 8,
    client_metrics = 16,
    group = 32,
};

struct ConfigTarget {
    ConfigResourceType type = ConfigResourceType::unknown;
    std::string name;  ///< of a broker: its id, or empty for the default of all brokers

    auto operator<=>(const ConfigTarget&) const = default;
};

[[nodiscard]] inline ConfigTarget topic_target(std::string_view name) {
    return {ConfigResourceType::topic, std::string(name)};
}
[[nodiscard]] inline ConfigTarget broker_target(NodeId id) {
    return {ConfigResourceType::broker, std::to_string(id.value)};
}
[[nodiscard]] inline ConfigTarget all_brokers_target() {
    return {ConfigResourceType::broker, ""};
}

/// What was set for topics, brokers, groups and client metrics, beyond the files and the defaults.
class ConfigsImage {
public:
    using Resources = PersistentMap<ConfigTarget, std::shared_ptr<const ConfigEntries>>;

    [[nodiscard]] const Resources& resources() const { return resources_; }
    /// Empty when nothing was set. Lives as long as this image.
    [[nodiscard]] const ConfigEntries& entries(const ConfigTarget& resource) const;
    /// Nothing when `key` was not set.
    [[nodiscard]] std::optional<std::string_view> value(const ConfigTarget& resource, std::string_view key) const;

    void apply(const ConfigRecord& record);
    /// With the topic goes what was set for it.
    void forget(const ConfigTarget& resource) { resources_ = resources_.without(resource); }
    void append_records(MetadataRecords& out) const;

private:
    Resources resources_;
};

}  // namespace barnabas
