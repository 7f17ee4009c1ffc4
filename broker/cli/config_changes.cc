#include "cli/config_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace barnabas {

namespace {

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? "" : std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// A key, and a value that may have been in square brackets.
struct ChangePair {
    std::string text;                 ///< without the brackets
    std::vector<std::size_t> equals;  ///< where equals signs stand that were outside of brackets
};

/// Cut at commas that stand outside of square brackets.
std::vector<ChangePair> pairs_of(std::string_view text) {
    std::vector<ChangePair> pairs(1);
    bool within = false;
    for (const char each : text) {
        within = each == '[' || (within && each != ']');
        if (each == ',' && !within) {
            pairs.emplace_back();
        } else if (each != '[' && each != ']') {
            if (each == '=' && !within) {
                pairs.back().equals.push_back(pairs.back().text.size());
            }
            pairs.back().text += each;
        }
    }
    return pairs;
}

bool is_key(std::string_view key) {
    return std::ranges::all_of(key, [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
               each == '.' || each == '_' || each == '-';
    });
}

}  // namespace

std::expected<std::map<std::string, std::string>, std::string> parse_config_changes(std::string_view text) {
    std::map<std::string, std::string> changes;
    for (const auto& [pair, signs] : pairs_of(text)) {
        if (signs.size() != 1) {
            return std::unexpected(
                "requirement failed: Invalid entity config: all configs to be added must be in the format \"key=val\"."
            );
        }
        const std::size_t equals = signs.front();
        const std::string key = trimmed(std::string_view(pair).substr(0, equals));
        if (!is_key(key)) {
            return std::unexpected(fmt::format("Invalid character found for config key: {}", key));
        }
        changes[key] = trimmed(std::string_view(pair).substr(equals + 1));
    }
    return changes;
}

}  // namespace barnabas
