#pragma once

#include <expected>
#include <span>

#include "config/group_config.h"
#include "config/status.h"

namespace barnabas {

/// A row of one of the option tables, for settings of type Settings (Config, TopicConfig or GroupConfig).
template <class Settings>
struct SettingRow {
    std::string_view key;
    ConfigType type;
    Status status;
    std::string_view help;
    /// What values may be, in words that follow "must be"; empty when every value of the type may be.
    std::string (*allowed)();
    /// Sets the field, or says what is wrong, without the key: "'12' must be at least 1048576".
    std::expected<void, std::string> (*set)(Settings& settings, std::string_view text);
    /// The field as Kafka writes it; nothing when it is null.
    std::optional<std::string> (*text)(const Settings& settings);

    [[nodiscard]] bool sensitive() const { return type == ConfigType::password; }
};

/// How a broker's setting changes while the node runs. `internal` ones never do, and are only described when set.
enum class Changes : std::uint8_t { read_only, per_broker, cluster_wide, internal };

/// A row of options.def.
struct Option : SettingRow<Config> {
    Changes changes;

    [[nodiscard]] bool dynamic() const { return changes == Changes::per_broker || changes == Changes::cluster_wide; }
};

/// A row of topic_options.def.
struct TopicOption : SettingRow<TopicConfig> {
    std::string_view broker_key;  ///< the broker's setting that holds without an override; empty for none
    void (*inherit)(TopicConfig& settings, const Config& config);
};

/// A row of group_options.def.
struct GroupOption : SettingRow<GroupConfig> {
    std::string_view broker_key;
    void (*inherit)(GroupConfig& settings, const Config& config);
};

/// All rows, in the order of the .def files.
[[nodiscard]] std::span<const Option> options();
[[nodiscard]] std::span<const TopicOption> topic_options();
[[nodiscard]] std::span<const GroupOption> group_options();

/// The row of a key, or null.
[[nodiscard]] const Option* find_option(std::string_view key);
[[nodiscard]] const TopicOption* find_topic_option(std::string_view key);
[[nodiscard]] const GroupOption* find_group_option(std::string_view key);

/// The keys that Kafka treats as one setting in several units, finest first: {log.roll.ms, log.roll.hours}. Most keys
/// stand alone.
[[nodiscard]] std::vector<std::string_view> broker_synonyms(std::string_view key);

}  // namespace barnabas
