#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/alter.h"
#include "config/cross_checks.h"
#include "config/known_key.h"
#include "config/live_config.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

Expected<void> invalid(std::string words) {
    return fail(ErrorCode::invalid_request, std::move(words));
}

/// Kafka lets these numbers of threads grow or shrink by no more than a factor of two at a time.
constexpr auto thread_counts = std::to_array<std::string_view>({
    "background.threads",
    "log.cleaner.threads",
    "num.io.threads",
    "num.network.threads",
    "num.recovery.threads.per.data.dir",
    "num.replica.fetchers",
    "remote.log.manager.copier.thread.pool.size",
    "remote.log.manager.expiration.thread.pool.size",
    "remote.log.manager.follower.thread.pool.size",
    "remote.log.reader.threads",
});

/// What Kafka lets change for one listener alone, with `listener.name.{name}.` in front.
constexpr auto per_listener_only = std::to_array<std::string_view>({
    "ssl.key.password",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.type",
    "ssl.truststore.certificates",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.type",
});

bool among(const auto& keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

Expected<void> check_threads(const Option& row, const Config& before, const Config& after) {
    const auto count = [&](const Config& config) {
        return value_text::to_integer(row.text(config).value_or(""), 0, int64_max).value_or(0);
    };
    const auto old = count(before);
    const auto wanted = count(after);
    if (wanted > old * 2 || wanted < old / 2) {
        return invalid(fmt::format(
            "{}: {} is too large a step from {}; at once it can be halved or doubled at most", row.key, wanted, old
        ));
    }
    return {};
}

Expected<void> check_key(std::string_view key, std::string_view value, bool of_cluster) {
    if (is_dynamic_only(key)) {
        return value_text::to_integer(value, 0, int64_max)
                   ? Expected<void>()
                   : invalid(fmt::format("{}: '{}' is not allowed, it must be a whole number from 0", key, value));
    }
    const auto known = find_known_key(key);
    if (!known) {
        return fail(ErrorCode::invalid_config, unknown_key_words(key));
    }
    if (known->row == nullptr || known->status.standing == Standing::refused) {
        return fail(ErrorCode::invalid_config, fmt::format("{}: {}", key, known->status.reason));
    }
    if (!known->row->dynamic() || is_fixed_here(key)) {
        return invalid(fmt::format("{} cannot be changed while the broker runs; set it in its properties file", key));
    }
    if (among(per_listener_only, key)) {
        return invalid(fmt::format("{} can only be changed for one listener, as listener.name.NAME.{}", key, key));
    }
    if (of_cluster && known->row->changes == Changes::per_broker) {
        return invalid(fmt::format("{} can only be changed for one broker; name the broker", key));
    }
    Config scratch;
    if (const auto applied = apply_setting(scratch, key, *known, value); !applied) {
        return invalid(applied.error());
    }
    return {};
}

Expected<void> check_min_insync(bool of_cluster, const ConfigEntries& before, const ConfigEntries& after) {
    constexpr std::string_view key = "min.insync.replicas";
    const auto value = [&](const ConfigEntries& entries) {
        const auto found = entries.find(key);
        return found != entries.end() ? std::optional(found->second) : std::nullopt;
    };
    if (!of_cluster && value(after) && value(after) != value(before)) {
        return fail(
            ErrorCode::invalid_config,
            "min.insync.replicas cannot be changed for one broker while eligible leader replicas are on"
        );
    }
    if (of_cluster && value(before) && !value(after)) {
        return fail(
            ErrorCode::invalid_config,
            "min.insync.replicas of the cluster cannot be removed while eligible leader replicas are on"
        );
    }
    return {};
}

}  // namespace

Expected<bool> parse_broker_resource(std::string_view name, std::int32_t own_id) {
    if (name.empty()) {
        return true;
    }
    const auto id = value_text::to_integer(name, std::numeric_limits<std::int32_t>::min(), int32_max);
    if (!id) {
        return fail(ErrorCode::invalid_request, fmt::format("'{}' is no broker id", name));
    }
    if (*id != own_id) {
        return fail(
            ErrorCode::invalid_request, fmt::format("this is broker {}, and the request names broker {}", own_id, *id)
        );
    }
    return false;
}

Expected<void> validate_broker_config(const BrokerLayers& layers, bool of_cluster, const ConfigEntries& after) {
    const auto& before = of_cluster ? layers.cluster : layers.broker;
    const auto old_config = effective_config(layers.node, layers.cluster, layers.broker);
    const auto new_config =
        effective_config(layers.node, of_cluster ? after : layers.cluster, of_cluster ? layers.broker : after);
    for (const auto& [key, value] : after) {
        if (const auto found = before.find(key); found != before.end() && found->second == value) {
            continue;
        }
        if (auto checked = check_key(key, value, of_cluster); !checked) {
            return checked;
        }
        if (among(thread_counts, key)) {
            if (auto checked = check_threads(*find_option(key), old_config, new_config); !checked) {
                return checked;
            }
        }
    }
    if (layers.eligible_leader_replicas) {
        if (auto checked = check_min_insync(of_cluster, before, after); !checked) {
            return checked;
        }
    }
    const auto problems = cross_check_values(new_config);
    return problems.empty() ? Expected<void>() : invalid(fmt::format("{}", fmt::join(problems, "; ")));
}

}  // namespace barnabas
