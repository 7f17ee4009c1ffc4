#pragma once

#include <chrono>

#include "config/config.h"

namespace barnabas {

/// What the configuration says about groups, as one shard uses it.
struct GroupOptions {
    std::chrono::milliseconds initial_rebalance_delay{3000};
    std::chrono::milliseconds min_session_timeout{6000};
    std::chrono::milliseconds max_session_timeout{1800000};
    std::int32_t max_size = int32_max;
    std::int32_t offset_metadata_max_bytes = 4096;
    std::chrono::milliseconds offsets_retention{std::chrono::days(7)};
    std::chrono::milliseconds retention_check_interval{std::chrono::minutes(10)};
    /// How long a first JoinGroup may wait for the others before its member is given up. Fixed in Kafka, too.
    std::chrono::milliseconds new_member_join_timeout{std::chrono::minutes(5)};

    [[nodiscard]] static GroupOptions of(const Config& config) {
        GroupOptions options;
        options.initial_rebalance_delay = config.group_initial_rebalance_delay_ms;
        options.min_session_timeout = config.group_min_session_timeout_ms;
        options.max_session_timeout = config.group_max_session_timeout_ms;
        options.max_size = config.group_max_size;
        options.offset_metadata_max_bytes = config.offset_metadata_max_bytes;
        options.offsets_retention = config.offsets_retention_minutes;
        options.retention_check_interval = config.offsets_retention_check_interval_ms;
        return options;
    }
};

}  // namespace barnabas
