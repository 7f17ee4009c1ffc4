#pragma once

#include <string_view>

#include "model/error.h"

namespace barnabas {

inline constexpr std::size_t longest_topic_name = 249;

/// 1 to 249 ASCII letters, digits, '.', '_' and '-', but neither "." nor "..". Otherwise invalid_topic_exception with
/// Kafka's words.
[[nodiscard]] Expected<void> validate_topic_name(std::string_view topic);

/// Two names that differ only in '.' and '_' would share their metrics; Kafka refuses to create the second.
[[nodiscard]] bool topic_names_collide(std::string_view left, std::string_view right);

}  // namespace barnabas
