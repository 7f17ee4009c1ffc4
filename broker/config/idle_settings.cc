#include "config/idle_settings.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/known_key.h"
#include "config/listeners.h"
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
        return status::no_slow_replication.reason;
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

template <class ReasonOfKey>
std::optional<std::string> words(const ConfigEntries& entries, const ReasonOfKey& reason_of_key) {
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

constexpr std::string_view no_tls =
    "no listener that they are for speaks TLS; listener.security.protocol.map would have to map it to SSL or SASL_SSL";
constexpr std::string_view no_sasl =
    "no listener that they are for uses SASL; listener.security.protocol.map would have to map it to SASL_PLAINTEXT or "
    "SASL_SSL";
constexpr std::string_view no_listener = "listeners has none of that name";

bool is_called(const Listener& listener, std::string_view lower_case_name) {
    return std::ranges::equal(listener.name, lower_case_name, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == b;
    });
}

/// Why no listener makes use of a broker's setting that has an effect elsewhere.
Reason without_listener(std::string_view key, std::string_view value, const std::vector<Listener>& listeners) {
    const auto known = find_known_key(key);
    if (!known || reason_of(known->status) || !changes_anything(known->row, value)) {
        return std::nullopt;
    }
    std::vector<Listener> meant;
    std::ranges::copy_if(listeners, std::back_inserter(meant), [&](const Listener& each) {
        return known->listener.empty() || is_called(each, known->listener);
    });
    if (meant.empty()) {
        return no_listener;
    }
    const std::string_view own = known->listener.empty() ? key : known->own_key;
    const bool of_sasl = own.starts_with("sasl.") || own.find(".sasl.") != std::string_view::npos;
    if (own.starts_with("ssl.") &&
        std::ranges::none_of(meant, [](const auto& each) { return is_encrypted(each.protocol); })) {
        return no_tls;
    }
    if (of_sasl && std::ranges::none_of(meant, [](const auto& each) { return uses_sasl(each.protocol); })) {
        return no_sasl;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> words_of_idle_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_broker);
}

std::optional<std::string> words_of_settings_without_listener(const NodeSettings& settings) {
    const auto listeners = read_listeners(settings.config);
    if (!listeners) {
        return std::nullopt;  // told elsewhere
    }
    std::vector<Listener> all = listeners->broker;
    all.insert(all.end(), listeners->controller.begin(), listeners->controller.end());
    return words(settings.written, [&](std::string_view key, std::string_view value) {
        return without_listener(key, value, all);
    });
}

std::optional<std::string> words_of_idle_topic_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_topic);
}

std::optional<std::string> words_of_idle_group_settings(const ConfigEntries& entries) {
    return words(entries, idle_in_group);
}

}  // namespace barnabas
