#pragma once

#include <optional>
#include <string>

#include "config/topic_config.h"

namespace barnabas {

/// A sentence that names those settings that are accepted and have no effect, with the reason why; nothing when all
/// have one, or ask for nothing but the default. Of a node (or broker), a topic, a group.
[[nodiscard]] std::optional<std::string> words_of_idle_settings(const ConfigEntries& entries);
[[nodiscard]] std::optional<std::string> words_of_idle_topic_settings(const ConfigEntries& entries);
[[nodiscard]] std::optional<std::string> words_of_idle_group_settings(const ConfigEntries& entries);

}  // namespace barnabas
