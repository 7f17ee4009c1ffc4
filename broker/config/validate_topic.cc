#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "config/alter.h"
#include "config/nearest.h"
#include "config/option.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

/// Sets every override on settings of a table, or says which cannot be set.
template <class Row, class Settings>
Expected<void> set_all(
    Settings& settings, std::span<const Row> rows, std::string_view what, const ConfigEntries& overrides
) {
    for (const auto& [key, value] : overrides) {
        const auto row = std::ranges::find(rows, key, &Row::key);
        if (row == rows.end()) {
            std::vector<std::string_view> keys;
            std::ranges::transform(rows, std::back_inserter(keys), &Row::key);
            return fail(
                ErrorCode::invalid_config,
                fmt::format("unknown {} setting '{}'; did you mean {}?", what, key, nearest(key, keys))
            );
        }
        if (const auto done = row->set(settings, value); !done) {
            return fail(ErrorCode::invalid_config, fmt::format("{}: {}", key, done.error()));
        }
        if (row->status.standing == Standing::refused && row->text(settings) != row->text(Settings())) {
            return fail(ErrorCode::invalid_config, fmt::format("{}: {}", key, row->status.reason));
        }
    }
    return {};
}

Expected<void> between(std::string_view key, auto value, std::string_view bound, auto least, auto most) {
    const bool low = value < least;
    if (low || value > most) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format(
                "{} must be {} than or equal to {}, which is {}", key, low ? "greater" : "less",
                fmt::format(fmt::runtime(bound), low ? "min" : "max"), value_text::number_of(low ? least : most)
            )
        );
    }
    return {};
}

/// A group's setting lies between the broker's group.KIND.min.X and group.KIND.max.X.
#define BETWEEN(kind, what, field)                                                                              \
    between(                                                                                                    \
        #kind "." what, settings.kind##_##field, "group." #kind ".{}." what, config.group_##kind##_min_##field, \
        config.group_##kind##_max_##field                                                                       \
    )

Expected<void> check_bounds(const GroupConfig& settings, const Config& config) {
    for (auto& check :
         {BETWEEN(consumer, "heartbeat.interval.ms", heartbeat_interval_ms),
          BETWEEN(consumer, "session.timeout.ms", session_timeout_ms),
          BETWEEN(consumer, "assignment.interval.ms", assignment_interval_ms),
          BETWEEN(share, "heartbeat.interval.ms", heartbeat_interval_ms),
          BETWEEN(share, "session.timeout.ms", session_timeout_ms),
          BETWEEN(share, "assignment.interval.ms", assignment_interval_ms),
          BETWEEN(share, "record.lock.duration.ms", record_lock_duration_ms),
          BETWEEN(share, "delivery.count.limit", delivery_count_limit),
          BETWEEN(share, "partition.max.record.locks", partition_max_record_locks),
          BETWEEN(streams, "heartbeat.interval.ms", heartbeat_interval_ms),
          BETWEEN(streams, "session.timeout.ms", session_timeout_ms),
          BETWEEN(streams, "assignment.interval.ms", assignment_interval_ms),
          between(
              "streams.num.standby.replicas", settings.streams_num_standby_replicas,
              "group.streams.{}.standby.replicas", 0, config.group_streams_max_standby_replicas
          )}) {
        if (!check) {
            return check;
        }
    }
    return {};
}

#undef BETWEEN

Expected<void> check_session(std::string_view kind, std::chrono::milliseconds session, std::chrono::milliseconds beat) {
    return session > beat
               ? Expected<void>()
               : fail(
                     ErrorCode::invalid_config,
                     fmt::format("{0}.session.timeout.ms must be greater than {0}.heartbeat.interval.ms", kind)
                 );
}

}  // namespace

Expected<void> validate_topic_config(const Config& config, const ConfigEntries& overrides) {
    TopicConfig settings;
    if (auto set = set_all(settings, topic_options(), "topic", overrides); !set) {
        return set;
    }
    settings = TopicConfig::effective(config, overrides);
    if (settings.min_compaction_lag_ms > settings.max_compaction_lag_ms) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format(
                "min.compaction.lag.ms ({}) must not be above max.compaction.lag.ms ({})",
                settings.min_compaction_lag_ms.count(), settings.max_compaction_lag_ms.count()
            )
        );
    }
    return {};
}

Expected<void> validate_group_config(const Config& config, const ConfigEntries& overrides) {
    GroupConfig settings;
    if (auto set = set_all(settings, group_options(), "group", overrides); !set) {
        return set;
    }
    settings = GroupConfig::effective(config, overrides);
    for (auto& check :
         {check_bounds(settings, config),
          check_session("consumer", settings.consumer_session_timeout_ms, settings.consumer_heartbeat_interval_ms),
          check_session("share", settings.share_session_timeout_ms, settings.share_heartbeat_interval_ms),
          check_session("streams", settings.streams_session_timeout_ms, settings.streams_heartbeat_interval_ms)}) {
        if (!check) {
            return check;
        }
    }
    return {};
}

}  // namespace barnabas
