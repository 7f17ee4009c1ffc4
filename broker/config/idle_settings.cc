#include "config/idle_settings.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/known_key.h"
#include "config/node_settings.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

using Reason = std::optional<std::string_view>;

Reason reason_of(Status status) {
    return status.standing == Standing::idle ? Reason(status.reason) : std::nullopt;
}

/// Whether somebody asked for something other than what a node does that was asked for nothing.
bool changes_anything(const Option* row, std::string_view value) {
    if (row == nullptr) {
        return true;
    }
    static const Config defaults;
    value = value_text::trim(value);
    return row->text(defaults) != value && std::ranges::none_of(single_node_properties(), [&](const Property& each) {
               return each.key == row->key && each.value == value;
           });
}

/// Why a broker's setting has no effect; nothing when it has.
Reason idle_in_broker(std::string_view key, std::string_view value) {
    if (is_dynamic_only(key)) {
        return status::no_quotas_yet.reason;
    }
    const auto known = find_known_key(key);
    return known && changes_anything(known->row, value) ? reason_of(known->status) : std::nullopt;
}

Reason idle_in_topic(std::string_view key, std::string_view) {
    const auto* row = find_topic_option(key);
    return row != nullptr ? reason_of(row->status) : std::nullopt;
}

Reason idle_in_group(std::string_view key, std::string_view) {
    const auto* row = find_group_option(key);
    return row != nullptr ? reason_of(row->status) : std::nullopt;
}

std::optional<std::string> words(
    const ConfigEntries& entries, Reason (*reason_of_key)(std::string_view, std::string_view)
) {
    std::map<std::string_view, std::vector<std::string_view>> keys_by_reason;
    for (const auto& [key, value] : entries) {
        if (const auto reason = reason_of_key(key, value)) {
            keys_by_reason[*reason].push_back(key);
        }
    }
    std::vector<std::string> parts;
    for (const auto& [reason, keys] : keys_by_reason) {
        parts.push_back(fmt::format("{} ({})", fmt::join(keys, ", "), reason));
    }
    return parts.empty() ? std::nullopt : std::optional(fmt::format("{}", fmt::join(parts, "; ")));
}

}  // namespace

std::optional<std::string> words_of_idle_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_broker);
}

std::optional<std::string> words_of_idle_topic_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_topic);
}

std::optional<std::string> words_of_idle_group_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_group);
}

}  // namespace barnabas
