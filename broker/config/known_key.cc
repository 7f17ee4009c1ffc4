#include "config/known_key.h"

#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

#include "config/nearest.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

constexpr std::string_view listener_prefix = "listener.name.";

constexpr Status retired{Standing::idle, "Kafka 4 has no such setting any more"};

constexpr auto retired_keys = std::to_array<std::string_view>({
#define RETIRED(key) key,
#include "config/retired_keys.def"
#undef RETIRED
});

struct Family {
    std::string_view prefix;
    Status status;
};

/// Keys that belong to what Kafka would load or run; any text may follow the prefix.
constexpr auto families = std::to_array<Family>({
    {"zookeeper.", {Standing::idle, "there is no ZooKeeper"}},
    {"metrics.context.", status::no_samples},
    {"config.providers.", status::no_providers},
    {"rsm.config.", status::no_tiering},
    {"rlmm.config.", status::no_tiering},
    {"client.quota.callback.", status::no_plugins},
});

constexpr std::string_view super_users = "super.users";
constexpr std::string_view allow_everyone = "allow.everyone.if.no.acl.found";

constexpr auto dynamic_only = std::to_array<std::string_view>({
    "leader.replication.throttled.rate",
    "follower.replication.throttled.rate",
    "replica.alter.log.dirs.io.max.bytes.per.second",
});

/// What may be set for one listener.
bool may_be_of_listener(std::string_view key) {
    return key.starts_with("ssl.") || key.starts_with("sasl.") || key == "connections.max.reauth.ms" ||
           key == "max.connections" || key == "max.connection.creation.rate";
}

/// What may be set for one SASL mechanism of a listener, as in `plain.sasl.jaas.config`.
bool may_be_of_mechanism(std::string_view key) {
    return key.starts_with("sasl.") || key == "connections.max.reauth.ms";
}

std::optional<KnownKey> find_listener_key(std::string_view listener, std::string_view rest) {
    const auto* row = find_option(rest);
    if (row == nullptr) {
        const auto dot = rest.find('.');
        row = dot == std::string_view::npos ? nullptr : find_option(rest.substr(dot + 1));
        if (row == nullptr || !may_be_of_mechanism(row->key)) {
            return std::nullopt;
        }
    }
    if (row->status.standing == Standing::refused || may_be_of_listener(row->key)) {
        return KnownKey{row, row->status, listener, rest};
    }
    constexpr Status not_per_listener{Standing::refused, "it cannot be set for one listener alone"};
    return KnownKey{row, not_per_listener, listener, rest};
}

/// Nothing when the key is none of the authorizer's.
std::optional<std::expected<void, std::string>> apply_to_authorizer(
    AuthorizerSettings& settings, std::string_view key, std::string_view value
) {
    value = value_text::trim(value);
    if (key == super_users) {
        for (const auto part : std::views::split(value, ';')) {
            const auto user = value_text::trim(std::string_view(part.begin(), part.end()));
            if (!user.empty() && !user.contains(':')) {
                return std::unexpected(fmt::format("'{}' must be a type and a name, as in User:{}", user, user));
            }
        }
        settings.super_users = value;
        return std::expected<void, std::string>();
    }
    if (key == allow_everyone) {
        if (value != "true" && value != "false") {
            return std::unexpected(fmt::format("'{}' must be true or false", value));
        }
        settings.allow_everyone_if_no_acl_found = value == "true";
        return std::expected<void, std::string>();
    }
    return std::nullopt;
}

/// The value of a refused key that asks for nothing: its default, or nothing at all.
bool asks_for_nothing(const Option& row, std::string_view value) {
    static const Config defaults;
    return value_text::trim(value).empty() || (!row.sensitive() && row.text(defaults) == value_text::trim(value));
}

}  // namespace

std::optional<KnownKey> find_known_key(std::string_view key) {
    if (const auto* row = find_option(key)) {
        return KnownKey{row, row->status, {}, {}};
    }
    if (key.starts_with(listener_prefix)) {
        const auto rest = key.substr(listener_prefix.size());
        const auto dot = rest.find('.');
        return dot == std::string_view::npos || dot == 0 ? std::nullopt
                                                         : find_listener_key(rest.substr(0, dot), rest.substr(dot + 1));
    }
    if (std::ranges::find(retired_keys, key) != retired_keys.end()) {
        return KnownKey{nullptr, retired, {}, {}};
    }
    if (key == super_users || key == allow_everyone) {
        return KnownKey{nullptr, status::honoured, {}, {}};
    }
    const auto* family =
        std::ranges::find_if(families, [&](const Family& each) { return key.starts_with(each.prefix); });
    return family != families.end() ? std::optional(KnownKey{nullptr, family->status, {}, {}}) : std::nullopt;
}

std::string unknown_key_words(std::string_view key) {
    if (const auto* row = find_topic_option(key); row != nullptr && !row->broker_key.empty()) {
        return fmt::format("'{}' is a setting of topics; that of brokers is {}", key, row->broker_key);
    }
    std::vector<std::string_view> keys;
    for (const auto& row : options()) {
        keys.push_back(row.key);
    }
    return fmt::format("unknown setting '{}'; did you mean {}?", key, nearest(key, keys));
}

std::expected<void, std::string> apply_setting(
    Config& config, std::string_view key, const KnownKey& known, std::string_view value
) {
    const auto refuse = [&](std::string_view why) { return std::unexpected(fmt::format("{}: {}", key, why)); };
    if (const auto applied = apply_to_authorizer(config.authorizer, key, value)) {
        return *applied ? *applied : refuse(applied->error());
    }
    const bool refused = known.status.standing == Standing::refused;
    if (refused && (known.row == nullptr || !asks_for_nothing(*known.row, value))) {
        return refuse(fmt::format("{}; remove this setting", known.status.reason));
    }
    if (known.row == nullptr || refused) {
        return {};
    }
    if (known.listener.empty()) {
        const auto set = known.row->set(config, value);
        return set ? set : refuse(set.error());
    }
    Config one;
    if (const auto set = known.row->set(one, value); !set) {
        return refuse(set.error());
    }
    config.listener_settings[std::string(known.listener)].insert_or_assign(
        std::string(known.own_key), Secret(std::string(value))
    );
    return {};
}

bool is_fixed_here(std::string_view key) {
    return key == "listeners" || key == "listener.security.protocol.map";
}

bool is_dynamic_only(std::string_view key) {
    return std::ranges::find(dynamic_only, key) != dynamic_only.end();
}

}  // namespace barnabas
