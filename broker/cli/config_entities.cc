#include "cli/config_entities.h"

#include <fmt/format.h>

#include <set>

namespace barnabas {

namespace {

using ConfigEntities = std::expected<std::vector<ConfigEntity>, std::string>;

constexpr std::string_view config_types[] = {"topics", "clients",        "users",  "brokers",
                                             "ips",    "client-metrics", "groups", "broker-loggers"};

/// A flag that names one thing, or the default of its type.
struct EntityFlag {
    std::string_view flag;
    std::string_view type;
};
// In the order in which Apache's tool looks at them: the first is the one that it tells to have changed.
constexpr EntityFlag entity_flags[] = {
    {"topic", "topics"},
    {"client", "clients"},
    {"user", "users"},
    {"broker", "brokers"},
    {"broker-logger", "broker-loggers"},
    {"ip", "ips"},
    {"client-metrics", "client-metrics"},
    {"group", "groups"},
};
constexpr EntityFlag default_flags[] = {
    {"client-defaults", "clients"},
    {"user-defaults", "users"},
    {"broker-defaults", "brokers"},
    {"ip-defaults", "ips"},
};

/// Names and defaults belong to the types in the order in which they stand.
ConfigEntities by_type(const Arguments& arguments) {
    std::vector<ConfigEntity> entities;
    for (std::string& type : arguments.values("entity-type")) {
        entities.push_back({std::move(type), std::nullopt});
    }
    const auto names = arguments.values("entity-name");
    auto name = names.begin();
    std::size_t named = 0;
    for (const std::string& flag : arguments.flags()) {
        const bool is_name = flag == "entity-name";
        if (!is_name && flag != "entity-default") {
            continue;
        }
        if (named == entities.size()) {
            return std::unexpected("More entity names specified than entity types");
        }
        entities[named++].name = is_name ? *name++ : "";
    }
    return entities;
}

std::vector<ConfigEntity> by_flag(const Arguments& arguments) {
    std::vector<ConfigEntity> entities;
    for (const auto& [flag, type] : entity_flags) {
        if (auto name = arguments.value(flag)) {
            entities.push_back({std::string(type), std::move(name)});
        }
    }
    for (const auto& [flag, type] : default_flags) {
        if (arguments.has(flag)) {
            entities.push_back({std::string(type), ""});
        }
    }
    return entities;
}

std::string fault_in(const std::vector<ConfigEntity>& entities) {
    if (entities.empty()) {
        return "At least one entity type must be specified";
    }
    std::set<std::string> types;
    for (const ConfigEntity& entity : entities) {
        if (!contains(config_types, entity.type)) {
            return fmt::format(
                "Invalid entity type {}, the entity type must be one of topics, clients, users, brokers, ips, "
                "client-metrics, groups, broker-loggers with a --bootstrap-server or --bootstrap-controller argument",
                entity.type
            );
        }
        if (!types.insert(entity.type).second) {
            return fmt::format("Duplicate entity type(s) specified: {}", entity.type);
        }
    }
    return types.size() > 1 && types != std::set<std::string>{"clients", "users"}
               ? "Only 'users' and 'clients' entity types may be specified together"
               : "";
}

}  // namespace

ConfigEntities config_entities(const Arguments& arguments) {
    ConfigEntities entities = by_flag(arguments);
    if (arguments.has("entity-type") || arguments.has("entity-name") || arguments.has("entity-default")) {
        if (!entities->empty()) {
            return std::unexpected(
                "--entity-{type,name,default} should not be used in conjunction with specific entity flags"
            );
        }
        entities = by_type(arguments);
    }
    if (!entities) {
        return entities;
    }
    if (std::string words = fault_in(*entities); !words.empty()) {
        return std::unexpected(std::move(words));
    }
    return entities;
}

}  // namespace barnabas
