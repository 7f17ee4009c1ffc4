#include "config/node_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/check.h"
#include "config/cross_checks.h"
#include "config/known_key.h"

namespace barnabas {

namespace {

std::string where(const Property& property) {
    return property.line == 0 ? std::string() : fmt::format("line {}: ", property.line);
}

/// Kafka takes node.id and its older name for each other.
void join_ids(NodeSettings& settings) {
    auto& written = settings.written;
    if (!written.contains("broker.id") && written.contains("node.id")) {
        written["broker.id"] = written["node.id"];
        settings.config.broker_id = settings.config.node_id;
    } else if (!written.contains("node.id") && written.contains("broker.id")) {
        written["node.id"] = written["broker.id"];
        settings.config.node_id = settings.config.broker_id;
    }
}

}  // namespace

std::expected<NodeSettings, std::vector<std::string>> read_node_settings(std::span<const Property> properties) {
    std::map<std::string_view, const Property*> last;
    for (const auto& property : properties) {
        last[property.key] = &property;
    }
    NodeSettings settings;
    std::vector<std::string> problems;
    for (const auto& [key, property] : last) {
        const auto known = find_known_key(key);
        if (!known) {
            problems.push_back(where(*property) + unknown_key_words(key));
            continue;
        }
        if (const auto applied = apply_setting(settings.config, key, *known, property->value); !applied) {
            problems.push_back(where(*property) + applied.error());
            continue;
        }
        settings.written.emplace(key, property->value);
    }
    join_ids(settings);
    if (problems.empty()) {
        problems = cross_check(settings.config);
    }
    if (!problems.empty()) {
        return std::unexpected(std::move(problems));
    }
    return settings;
}

std::span<const Property> single_node_properties() {
    static const auto properties = std::to_array<Property>({
        {"process.roles", "broker,controller", 0},
        {"node.id", "1", 0},
        {"controller.quorum.bootstrap.servers", "localhost:9093", 0},
        {"controller.listener.names", "CONTROLLER", 0},
        {"listeners", "PLAINTEXT://:9092,CONTROLLER://localhost:9093", 0},
        {"advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093", 0},
        {"log.dirs", "./barnabas-data", 0},
        {"offsets.topic.replication.factor", "1", 0},
        {"transaction.state.log.replication.factor", "1", 0},
        {"transaction.state.log.min.isr", "1", 0},
        {"share.coordinator.state.topic.replication.factor", "1", 0},
        {"share.coordinator.state.topic.min.isr", "1", 0},
    });
    return properties;
}

Config default_single_node() {
    auto settings = read_node_settings(single_node_properties());
    CHECK(settings.has_value());
    return std::move(settings->config);
}

}  // namespace barnabas
