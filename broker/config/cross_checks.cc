#include "config/cross_checks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/listeners.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

/// Collects what is wrong.
class Problems {
public:
    template <class... Args>
    void unless(bool holds, fmt::format_string<Args...> words, Args&&... args) {
        if (!holds) {
            sentences_.push_back(fmt::format(words, std::forward<Args>(args)...));
        }
    }

    /// Keys that end in `what`, of which min must not be above max and the setting must lie between.
    template <class T>
    void range(std::string_view group, std::string_view what, T least, T value, T most) {
        unless(
            least <= most, "group.{}.min.{} ({}) must not be above group.{}.max.{} ({})", group, what,
            value_text::number_of(least), group, what, value_text::number_of(most)
        );
        unless(
            least > most || (value >= least && value <= most),
            "group.{}.{} ({}) must lie between group.{}.min.{} ({}) and group.{}.max.{} ({})", group, what,
            value_text::number_of(value), group, what, value_text::number_of(least), group, what,
            value_text::number_of(most)
        );
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(sentences_); }

private:
    std::vector<std::string> sentences_;
};

void check_node(const Config& config, Problems& problems) {
    problems.unless(
        !config.process_roles.empty(), "process.roles is not set; for a node on its own write broker,controller"
    );
    problems.unless(
        std::ranges::count(config.process_roles, "broker") <= 1 &&
            std::ranges::count(config.process_roles, "controller") <= 1,
        "process.roles ({}) names a role twice", value_text::join(config.process_roles)
    );
    problems.unless(config.node_id >= 0, "node.id is not set; give each node of the cluster a number of its own");
    problems.unless(
        config.broker_id == config.node_id, "broker.id ({}) and node.id ({}) must be the same; keep only node.id",
        config.broker_id, config.node_id
    );
    problems.unless(
        config.process_roles.empty() || (config.is_broker() && config.is_controller()),
        "process.roles ({}) is not supported yet: this version runs a broker and its controller in one process; write "
        "broker,controller",
        value_text::join(config.process_roles)
    );
}

void check_dirs(const Config& config, Problems& problems) {
    const auto& dirs = config.data_dirs();
    problems.unless(!dirs.empty(), "log.dirs is empty; name at least one directory");
    for (auto dir = dirs.begin(); dir != dirs.end(); ++dir) {
        problems.unless(!dir->empty(), "log.dirs ({}) has an empty name in it", value_text::join(dirs));
        problems.unless(std::find(dirs.begin(), dir, *dir) == dir, "log.dirs names {} twice", *dir);
    }
}

/// One voter, "id@host:port".
void check_voter(const Config& config, std::string_view voter, Problems& problems) {
    const auto at = voter.find('@');
    const auto id = value_text::to_integer(voter.substr(0, at), 0, 2147483647);
    const bool well_formed = at != std::string_view::npos && id && parse_host_and_port(voter.substr(at + 1));
    problems.unless(well_formed, "controller.quorum.voters: '{}' must have the form id@host:port", voter);
    problems.unless(
        !well_formed || *id == config.node_id,
        "controller.quorum.voters: {} is not this node (node.id {}), and a quorum of several controllers is not "
        "supported yet",
        voter, config.node_id
    );
}

void check_quorum(const Config& config, Problems& problems) {
    const auto& voters = config.controller_quorum_voters;
    const auto& servers = config.controller_quorum_bootstrap_servers;
    problems.unless(
        !voters.empty() || !servers.empty(),
        "neither controller.quorum.bootstrap.servers nor controller.quorum.voters is set; write "
        "controller.quorum.bootstrap.servers with the host:port of the controller listener"
    );
    for (const auto& voter : voters) {
        check_voter(config, voter, problems);
    }
    for (const auto& server : servers) {
        problems.unless(
            parse_host_and_port(server).has_value(),
            "controller.quorum.bootstrap.servers: '{}' must have the form host:port", server
        );
    }
    problems.unless(
        servers.size() <= 1,
        "controller.quorum.bootstrap.servers ({}) names several controllers, which is not supported yet",
        value_text::join(servers)
    );
}

void check_listeners(const Config& config, Problems& problems) {
    const auto listeners = read_listeners(config);
    if (!listeners) {
        problems.unless(false, "{}", listeners.error());
    }
}

void check_early_start(const Config& config, Problems& problems) {
    const auto listeners = read_listeners(config);
    for (const auto& early : config.early_start_listeners.value_or(std::vector<std::string>())) {
        const auto named = [&](const auto& each) { return each.name == early; };
        problems.unless(
            !listeners || std::ranges::any_of(listeners->broker, named) ||
                std::ranges::any_of(listeners->controller, named),
            "early.start.listeners: {} is none of the listeners", early
        );
    }
}

void check_logs(const Config& config, Problems& problems) {
    problems.unless(
        config.log_retention().count() != 0, "log.retention must not be 0; use at least 1 ms, or -1 for no limit"
    );
    problems.unless(config.log_roll().count() >= 1, "log.roll.ms must be at least 1");
    problems.unless(config.log_roll_jitter().count() >= 0, "log.roll.jitter.ms must be at least 0");
    const auto per_thread = config.log_cleaner_dedupe_buffer_size / std::max(config.log_cleaner_threads, 1);
    problems.unless(
        per_thread > 1024 * 1024,
        "log.cleaner.dedupe.buffer.size ({}) must be more than 1 MiB for each of the {} log.cleaner.threads",
        config.log_cleaner_dedupe_buffer_size, config.log_cleaner_threads
    );
    problems.unless(
        config.log_cleaner_min_compaction_lag_ms <= config.log_cleaner_max_compaction_lag_ms,
        "log.cleaner.min.compaction.lag.ms ({}) must not be above log.cleaner.max.compaction.lag.ms ({})",
        config.log_cleaner_min_compaction_lag_ms.count(), config.log_cleaner_max_compaction_lag_ms.count()
    );
    problems.unless(
        config.offsets_topic_compression_codec >= 0 && config.offsets_topic_compression_codec <= 4,
        "offsets.topic.compression.codec ({}) must be from 0 to 4", config.offsets_topic_compression_codec
    );
}

void check_connections(const Config& config, Problems& problems) {
    for (const auto& pair : value_text::split_list(config.max_connections_per_ip_overrides)) {
        const auto colon = pair.rfind(':');
        problems.unless(
            colon != 0 && colon != std::string::npos &&
                value_text::to_integer(std::string_view(pair).substr(colon + 1), 0, 2147483647),
            "max.connections.per.ip.overrides: '{}' must have the form host:count", pair
        );
    }
    problems.unless(
        config.max_connections_per_ip > 0 || !config.max_connections_per_ip_overrides.empty(),
        "max.connections.per.ip may be 0 only when max.connections.per.ip.overrides lets somebody in"
    );
    problems.unless(
        config.queued_max_request_bytes <= 0 || config.queued_max_request_bytes >= config.socket_request_max_bytes,
        "queued.max.request.bytes ({}) must not be below socket.request.max.bytes ({})",
        config.queued_max_request_bytes, config.socket_request_max_bytes
    );
    problems.unless(
        config.barnabas_http_listener.empty() || parse_host_and_port(config.barnabas_http_listener),
        "barnabas.http.listener: '{}' must have the form host:port", config.barnabas_http_listener
    );
}

void check_replication(const Config& config, Problems& problems) {
    problems.unless(
        config.replica_fetch_wait_max_ms <= config.replica_socket_timeout_ms,
        "replica.fetch.wait.max.ms ({}) must not be above replica.socket.timeout.ms ({})",
        config.replica_fetch_wait_max_ms.count(), config.replica_socket_timeout_ms.count()
    );
    problems.unless(
        config.replica_fetch_wait_max_ms <= config.replica_lag_time_max_ms,
        "replica.fetch.wait.max.ms ({}) must not be above replica.lag.time.max.ms ({})",
        config.replica_fetch_wait_max_ms.count(), config.replica_lag_time_max_ms.count()
    );
    problems.unless(
        config.group_min_session_timeout_ms <= config.group_max_session_timeout_ms,
        "group.min.session.timeout.ms ({}) must not be above group.max.session.timeout.ms ({})",
        config.group_min_session_timeout_ms.count(), config.group_max_session_timeout_ms.count()
    );
}

#define RANGE(group, what, field)                                                         \
    problems.range(                                                                       \
        #group, what, config.group_##group##_min_##field, config.group_##group##_##field, \
        config.group_##group##_max_##field                                                \
    )

void check_groups(const Config& config, Problems& problems) {
    RANGE(consumer, "heartbeat.interval.ms", heartbeat_interval_ms);
    RANGE(consumer, "session.timeout.ms", session_timeout_ms);
    RANGE(consumer, "assignment.interval.ms", assignment_interval_ms);
    RANGE(share, "heartbeat.interval.ms", heartbeat_interval_ms);
    RANGE(share, "session.timeout.ms", session_timeout_ms);
    RANGE(share, "assignment.interval.ms", assignment_interval_ms);
    RANGE(share, "record.lock.duration.ms", record_lock_duration_ms);
    RANGE(share, "delivery.count.limit", delivery_count_limit);
    RANGE(share, "partition.max.record.locks", partition_max_record_locks);
    RANGE(streams, "heartbeat.interval.ms", heartbeat_interval_ms);
    RANGE(streams, "session.timeout.ms", session_timeout_ms);
    RANGE(streams, "assignment.interval.ms", assignment_interval_ms);
    problems.unless(
        config.group_streams_num_standby_replicas <= config.group_streams_max_standby_replicas,
        "group.streams.num.standby.replicas ({}) must not be above group.streams.max.standby.replicas ({})",
        config.group_streams_num_standby_replicas, config.group_streams_max_standby_replicas
    );
}

#undef RANGE

}  // namespace

std::vector<std::string> cross_check_values(const Config& config) {
    Problems problems;
    check_logs(config, problems);
    check_connections(config, problems);
    check_replication(config, problems);
    check_groups(config, problems);
    return problems.take();
}

std::vector<std::string> cross_check(const Config& config) {
    Problems problems;
    check_node(config, problems);
    check_dirs(config, problems);
    check_quorum(config, problems);
    check_listeners(config, problems);
    check_early_start(config, problems);
    auto all = problems.take();
    std::ranges::move(cross_check_values(config), std::back_inserter(all));
    return all;
}

}  // namespace barnabas
