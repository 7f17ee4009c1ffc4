#include "config/config.h"

#include <algorithm>

#include "config/listener_config.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

milliseconds unlimited_below_zero(milliseconds time) {
    return time.count() < 0 ? milliseconds(-1) : time;
}

bool contains(const std::vector<std::string>& roles, std::string_view role) {
    return std::ranges::find(roles, role) != roles.end();
}

/// What is set for single listeners.
std::map<std::string, std::int32_t> of_listeners(
    const Config& config, const std::string& key, std::int32_t Config::* field
) {
    std::map<std::string, std::int32_t> values;
    for (const auto& [listener, settings] : config.listener_settings) {
        if (settings.contains(key)) {
            values[listener] = ListenerConfig(config, listener).config().*field;
        }
    }
    return values;
}

}  // namespace

milliseconds Config::log_retention() const {
    if (log_retention_ms) {
        return unlimited_below_zero(*log_retention_ms);
    }
    return unlimited_below_zero(log_retention_minutes ? milliseconds(*log_retention_minutes) : log_retention_hours);
}

milliseconds Config::log_roll() const {
    return log_roll_ms.value_or(log_roll_hours);
}

milliseconds Config::log_roll_jitter() const {
    return log_roll_jitter_ms.value_or(log_roll_jitter_hours);
}

milliseconds Config::log_flush_interval() const {
    return log_flush_interval_ms.value_or(log_flush_scheduler_interval_ms);
}

std::map<std::string, std::int32_t> Config::max_connections_of_listeners() const {
    return of_listeners(*this, "max.connections", &Config::max_connections);
}

std::map<std::string, std::int32_t> Config::connection_rates_of_listeners() const {
    return of_listeners(*this, "max.connection.creation.rate", &Config::max_connection_creation_rate);
}

std::int64_t Config::request_memory() const {
    const auto bound = queued_max_request_bytes > 0 ? queued_max_request_bytes : barnabas_requests_max_bytes;
    return std::max<std::int64_t>(bound, socket_request_max_bytes);
}

const std::vector<std::string>& Config::data_dirs() const {
    return log_dirs ? *log_dirs : log_dir;
}

const std::string& Config::metadata_dir() const {
    return metadata_log_dir ? *metadata_log_dir : data_dirs().front();
}

bool Config::is_broker() const {
    return contains(process_roles, "broker");
}

bool Config::is_controller() const {
    return contains(process_roles, "controller");
}

}  // namespace barnabas
