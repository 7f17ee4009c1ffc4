#pragma once

#include <optional>
#include <string>

#include "config/topic_config.h"

namespace barnabas {

/// A sentence that names those settings that are accepted and have no effect, with the reason why; nothing when all
/// have one, or ask for nothing but the default. Of a node (or broker), a topic, a group.
[[nodiscard]] std::optional<std::string> words_of_idle_settings(const ConfigEntries& entries);
struct NodeSettings;
/// The same for settings of TLS and SASL that no listener makes use of, and for those of a listener that is not there.
[[nodiscard]] std::optional<std::string> words_of_settings_without_listener(const NodeSettings& settings);
[[nodiscard]] std::optional<std::string> words_of_idle_topic_settings(const ConfigEntries& entries);
[[nodiscard]] std::optional<std::string> words_of_idle_group_settings(const ConfigEntries& entries);

}  // namespace barnabas
