#include "node/start_command.h"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "common/events.h"
#include "config/idle_settings.h"
#include "node/jaas_settings.h"
#include "node/node.h"
#include "node/stop_signals.h"

namespace barnabas {

namespace {

constexpr std::string_view usage = R"(usage: barnabas start [--config FILE] [--override KEY=VALUE]...

  --config FILE         the settings, as Apache Kafka's server.properties
  --override KEY=VALUE  one more setting; it counts more than the file's

Without --config, the node is broker and controller in one on localhost:9092, its data in ./barnabas-data.
Of the environment's KAFKA_OPTS, -Djava.security.auth.login.config=FILE (JAAS) and -Djava.security.krb5.conf=FILE count.
)";

int refuse_start(std::string_view what) {
    fmt::print(stderr, "{}\n", what);
    return 2;
}

struct CommandLine {
    std::optional<std::string> config;
    std::vector<Property> overrides;
    bool help = false;
};

std::expected<CommandLine, std::string> parse(std::span<const char* const> args) {
    CommandLine line;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string_view word = args[i];
        const bool has_value = i + 1 < args.size();
        if (word == "--help" || word == "-h") {
            line.help = true;
        } else if (word == "--config" && has_value) {
            line.config = args[++i];
        } else if (word == "--override" && has_value) {
            auto property = parse_override(args[++i]);
            if (!property) {
                return std::unexpected(property.error());
            }
            line.overrides.push_back(*std::move(property));
        } else if (word.starts_with("--")) {
            const bool known = word == "--config" || word == "--override";
            return std::unexpected(fmt::format("{} {}", word, known ? "wants a value" : "is no flag of start"));
        } else if (!line.config) {
            line.config = word;  // as kafka-server-start.sh takes it
        } else {
            return std::unexpected(fmt::format("'{}' is one word too many", word));
        }
    }
    return line;
}

std::expected<std::vector<Property>, std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        return std::unexpected(fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
    }
    auto properties = parse_properties(text.str());
    if (!properties) {
        return std::unexpected(fmt::format("{}: {}", path, properties.error()));
    }
    return properties;
}

std::expected<NodeSettings, std::vector<std::string>> read_settings(const CommandLine& line) {
    std::vector<Property> properties(single_node_properties().begin(), single_node_properties().end());
    if (line.config) {
        auto read = read_file(*line.config);
        if (!read) {
            return std::unexpected(std::vector{read.error()});
        }
        properties = *std::move(read);
    }
    properties.insert(properties.end(), line.overrides.begin(), line.overrides.end());
    auto settings = read_node_settings(properties);
    if (!settings) {
        return settings;
    }
    const auto more = settings_of_java_options(settings->config);
    if (!more) {
        return std::unexpected(std::vector{more.error().detail});
    }
    properties.insert(properties.end(), more->begin(), more->end());
    return more->empty() ? settings : read_node_settings(properties);
}

void configure_events(const Config& config) {
    static constexpr std::pair<std::string_view, event::Level> levels[] = {
        {"debug", event::Level::debug},
        {"info", event::Level::info},
        {"warn", event::Level::warn},
        {"error", event::Level::error},
    };
    const auto level =
        std::ranges::find(levels, config.barnabas_log_level, &std::pair<std::string_view, event::Level>::first);
    event::configure(
        config.barnabas_log_format == "json" ? event::Format::json : event::Format::human,
        level == std::end(levels) ? event::Level::info : level->second
    );
    event::limit_peers(static_cast<std::size_t>(config.barnabas_log_failures_per_peer));
}

/// The soft limit guards programs that use select(), which this one does not: connections and files need descriptors.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/// Runs until a signal or until the node gives up by itself.
int run_node(NodeSettings settings, StopSignals& stop) {
    std::signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    auto node = Node::start(std::move(settings), [&stop] { stop.ask(); });
    if (!node) {
        event::error("node cannot start", {{"why", node.error().detail}});
        return 1;
    }
    stop.started();
    stop.wait();
    (*node)->stop();
    return (*node)->gave_up() ? 1 : 0;
}

}  // namespace

int run_start(std::span<const char* const> args) {
    const auto line = parse(args);
    if (!line) {
        return refuse_start(fmt::format("{}\n\n{}", line.error(), usage));
    }
    if (line->help) {
        fmt::print("{}", usage);
        return 0;
    }
    auto settings = read_settings(*line);
    if (!settings) {
        for (const std::string& problem : settings.error()) {
            event::error("wrong setting", {{"why", problem}});
        }
        return 1;
    }
    StopSignals stop;
    configure_events(settings->config);
    if (const auto idle = words_of_idle_settings(settings->written)) {
        event::warn("settings without effect", {{"which", *idle}});
    }
    if (const auto unheard = words_of_settings_without_listener(*settings)) {
        event::warn("settings without effect", {{"which", *unheard}});
    }
    return run_node(*std::move(settings), stop);
}

}  // namespace barnabas
