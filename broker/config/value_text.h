#pragma once

#include <optional>

#include "config/kinds.h"

/// Values as text, in the spelling of Kafka's property files and DescribeConfigs answers.
namespace barnabas::value_text {

/// Surrounding white space does not count, as in Kafka.
[[nodiscard]] std::string_view trim(std::string_view text);

/// "a , b" -> {a, b}; empty text is an empty list.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& texts);

/// The range of a number of this type.
[[nodiscard]] std::int64_t least(ConfigType type);
[[nodiscard]] std::int64_t most(ConfigType type);

/// Parsers answer nothing when `text` is not of the type. Numbers may have a sign; booleans any case.
[[nodiscard]] std::optional<bool> to_boolean(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> to_integer(std::string_view text, std::int64_t least, std::int64_t most);
[[nodiscard]] std::optional<double> to_double(std::string_view text);
[[nodiscard]] std::optional<CompressionSetting> to_compression(std::string_view text);
[[nodiscard]] std::optional<TimestampType> to_timestamp_type(std::string_view text);
[[nodiscard]] std::optional<CleanupPolicy> to_cleanup_policy(std::string_view text);

/// A time as the number that stands in its setting; a number as it is.
[[nodiscard]] constexpr auto number_of(auto value) {
    if constexpr (requires { value.count(); }) {
        return value.count();
    } else {
        return value;
    }
}

[[nodiscard]] std::string_view from_compression(CompressionSetting value);
[[nodiscard]] std::string_view from_timestamp_type(TimestampType value);
[[nodiscard]] std::string from_cleanup_policy(CleanupPolicy value);

}  // namespace barnabas::value_text
