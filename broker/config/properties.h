#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas {

/// One `key=value` of a Java properties file.
struct Property {
    std::string key;
    std::string value;
    std::size_t line = 0;  ///< where it begins, from 1; 0 for one that stood in no file

    bool operator==(const Property&) const = default;
};

/// Reads Java's properties syntax: comments, escapes, continuation lines. Keys may come twice; the last one counts.
/// Text is taken as UTF-8, where Java would take Latin-1. The error says the line and what is wrong with it.
[[nodiscard]] std::expected<std::vector<Property>, std::string> parse_properties(std::string_view text);

/// The inverse: one line a property.
[[nodiscard]] std::string write_properties(std::span<const Property> properties);

/// `--override key=value`: the value is taken as it stands.
[[nodiscard]] std::expected<Property, std::string> parse_override(std::string_view text);

}  // namespace barnabas
