#include "controller/client_metrics_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/kinds.h"

namespace barnabas {
namespace {

constexpr std::int32_t least_interval = 100;
constexpr std::int32_t most_interval = 3600000;

struct SubscriptionOption {
    std::string_view key;
    std::string_view default_value;
    ConfigType type;
    std::string_view documentation;
};

constexpr std::array subscription_options{
    SubscriptionOption{"metrics", "", ConfigType::list, "Prefixes of the names of the metrics that clients push."},
    SubscriptionOption{"interval.ms", "300000", ConfigType::int32, "How often clients push metrics."},
    SubscriptionOption{"match", "", ConfigType::list, "Which clients the subscription is for."},
};

Expected<void> check_interval(std::string_view text) {
    std::int32_t interval = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), interval);
    if (error != std::errc() || end != text.data() + text.size()) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format("Invalid value {} for configuration interval.ms: Not a number of type INT", text)
        );
    }
    if (interval < least_interval || interval > most_interval) {
        return fail(
            ErrorCode::invalid_request,
            fmt::format(
                "Invalid value {} for interval.ms, interval must be between {} and {} (1 hour)", interval,
                least_interval, most_interval
            )
        );
    }
    return {};
}

bool is_regular_expression(std::string_view text) {
    return re2::RE2(re2::StringPiece(text.data(), text.size()), re2::RE2::Quiet).ok();
}

/// One of "client_id=...", a property of clients and a regular expression.
bool is_match(std::string_view pattern) {
    static constexpr std::array<std::string_view, 6> properties{
        "client_instance_id",    "client_id",          "client_software_name", "client_software_version",
        "client_source_address", "client_source_port",
    };
    const std::size_t equals = pattern.find('=');
    return equals != std::string_view::npos &&
           std::ranges::find(properties, pattern.substr(0, equals)) != properties.end() &&
           is_regular_expression(pattern.substr(equals + 1));
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Expected<void> check_matches(std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view pattern = trimmed(list.substr(0, comma));
        if (!is_match(pattern)) {
            return fail(ErrorCode::invalid_config, fmt::format("Illegal client matching pattern: {}", pattern));
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return {};
}

}  // namespace

Expected<void> validate_client_metrics_config(const ConfigEntries& entries) {
    for (const auto& [key, value] : entries) {
        Expected<void> checked;
        if (key == "interval.ms") {
            checked = check_interval(value);
        } else if (key == "match") {
            checked = check_matches(value);
        } else if (key != "metrics") {
            checked = fail(ErrorCode::invalid_request, fmt::format("Unknown client metrics configuration: {}", key));
        }
        if (!checked) {
            return checked;
        }
    }
    return {};
}

std::vector<DescribedConfig> describe_client_metrics(
    const ConfigEntries& entries, std::span<const std::string_view> keys
) {
    std::vector<DescribedConfig> all;
    for (const SubscriptionOption& option : subscription_options) {
        if (!keys.empty() && std::ranges::find(keys, option.key) == keys.end()) {
            continue;
        }
        DescribedConfig& told = all.emplace_back();
        told.name = option.key;
        told.value = option.default_value;
        told.type = static_cast<std::int8_t>(option.type);
        told.documentation = option.documentation;
        if (const auto set = entries.find(option.key); set != entries.end()) {
            told.value = set->second;
            told.source = ConfigSource::dynamic_client_metrics;
            told.synonyms.push_back({told.name, told.value, told.source});
        }
    }
    return all;
}

}  // namespace barnabas
