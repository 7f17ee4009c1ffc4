#include <fmt/format.h>

#include "cli/config_changes.h"
#include "cli/group_description.h"
#include "cli/java_order.h"
#include "cli/scram_users.h"
#include "cli/session.h"
#include "protocol/describe_cluster.h"
#include "protocol/describe_configs.h"
#include "protocol/incremental_alter_configs.h"
#include "protocol/list_config_resources.h"

namespace barnabas {

namespace configs_command {

constexpr std::string_view no_quotas = "quotas are not supported yet";

constexpr Flag flags[] = {
    {.name = "bootstrap-server",
     .takes = Takes::text,
     .argument = "HOST:PORT,...",
     .help = "Brokers to find the cluster by."},
    {.name = "bootstrap-controller",
     .takes = Takes::text,
     .argument = "HOST:PORT,...",
     .help = "Controllers to find the cluster by.",
     .not_with = "bootstrap-server"},
    {.name = "command-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the client."},
    {.name = "describe", .help = "Print the settings that are set."},
    {.name = "alter", .help = "Set and unset settings."},
    {.name = "all", .help = "Print all settings, whatever they come from.", .only_with = "describe"},
    {.name = "add-config",
     .takes = Takes::text,
     .argument = "KEY=VALUE,...",
     .help = "Settings to set; a value with commas stands in square brackets.",
     .only_with = "alter"},
    {.name = "add-config-file",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "A properties file of settings to set.",
     .only_with = "alter",
     .not_with = "add-config"},
    {.name = "delete-config",
     .takes = Takes::text,
     .argument = "KEY,...",
     .help = "Settings to unset.",
     .repeats = true,
     .only_with = "alter"},
    {.name = "entity-type",
     .takes = Takes::text,
     .argument = "TYPE",
     .help = "topics, brokers, broker-loggers, client-metrics, groups or users."},
    {.name = "entity-name", .takes = Takes::text, .argument = "NAME", .help = "Which one."},
    {.name = "entity-default", .help = "What holds for all brokers.", .not_with = "entity-name"},
    {.name = "topic", .takes = Takes::text, .argument = "NAME", .help = "The topic.", .not_with = "entity-type"},
    {.name = "broker", .takes = Takes::text, .argument = "ID", .help = "The broker.", .not_with = "entity-type topic"},
    {.name = "broker-defaults", .help = "What holds for all brokers.", .not_with = "entity-type topic broker"},
    {.name = "broker-logger",
     .takes = Takes::text,
     .argument = "ID",
     .help = "The broker, for its log levels.",
     .not_with = "entity-type topic broker broker-defaults"},
    {.name = "client-metrics",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The subscription to client metrics.",
     .not_with = "entity-type topic broker broker-defaults broker-logger"},
    {.name = "group",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The group.",
     .not_with = "entity-type topic broker broker-defaults broker-logger client-metrics"},
    {.name = "client", .takes = Takes::text, .argument = "ID", .help = "The client.", .refused = no_quotas},
    {.name = "client-defaults", .help = "What holds for all clients.", .refused = no_quotas},
    {.name = "user",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The user, for SCRAM-SHA-256=[iterations=NUMBER,password=PASSWORD] and the like.",
     .not_with = "entity-type topic broker broker-defaults broker-logger client-metrics group"},
    {.name = "user-defaults", .help = "What holds for all users.", .refused = no_quotas},
    {.name = "ip", .takes = Takes::text, .argument = "ADDRESS", .help = "The address.", .refused = no_quotas},
    {.name = "ip-defaults", .help = "What holds for all addresses.", .refused = no_quotas},
};

/// A kind of thing that has settings.
struct EntityType {
    std::string_view name;  ///< in the plural, as --entity-type names it
    std::string_view flag;
    std::int8_t resource;
    std::int8_t source;  ///< of what was set for one of them; 0 where everything is shown
};
constexpr EntityType entity_types[] = {
    {"topics", "topic", 2, 1},
    {"brokers", "broker", 4, 2},
    {"broker-loggers", "broker-logger", 8, 0},
    {"client-metrics", "client-metrics", 16, 7},
    {"groups", "group", 32, 8},
    {"users", "user", 0, 0},
};
constexpr std::int8_t default_broker_source = 3;
constexpr std::string_view source_names[] = {
    "UNKNOWN",
    "DYNAMIC_TOPIC_CONFIG",
    "DYNAMIC_BROKER_CONFIG",
    "DYNAMIC_DEFAULT_BROKER_CONFIG",
    "STATIC_BROKER_CONFIG",
    "DEFAULT_CONFIG",
    "DYNAMIC_BROKER_LOGGER_CONFIG",
    "DYNAMIC_CLIENT_METRICS_CONFIG",
    "DYNAMIC_GROUP_CONFIG",
};

struct Entity {
    const EntityType* type;
    std::optional<std::string> name;  ///< nothing for all of them, empty for the default

    [[nodiscard]] std::string singular() const { return std::string(type->name.substr(0, type->name.size() - 1)); }
    [[nodiscard]] bool is_user() const { return type->flag == "user"; }
    /// The broker that alone can answer for this entity.
    [[nodiscard]] std::optional<NodeId> owner() const {
        const bool owned = type->flag == "broker" || type->flag == "broker-logger";
        const auto id = owned && name ? parse_number(*name) : std::nullopt;
        return id ? std::optional(NodeId{static_cast<std::int32_t>(*id)}) : std::nullopt;
    }
};

using Done = std::expected<void, std::string>;

std::expected<Entity, std::string> find_entity(const Arguments& arguments) {
    if (const auto name = arguments.value("entity-type")) {
        for (const EntityType& type : entity_types) {
            if (type.name == *name) {
                return Entity{&type, arguments.has("entity-default") ? "" : arguments.value("entity-name")};
            }
        }
        if (*name == "clients" || *name == "ips") {
            return std::unexpected(fmt::format("--entity-type {} cannot be used: {}", *name, no_quotas));
        }
        return std::unexpected(fmt::format(
            "Invalid entity type {}, the entity type must be one of topics, clients, users, brokers, ips, "
            "client-metrics, groups, broker-loggers with a --bootstrap-server or --bootstrap-controller argument",
            *name
        ));
    }
    for (const EntityType& type : entity_types) {
        if (auto name = arguments.value(type.flag)) {
            return Entity{&type, std::move(name)};
        }
    }
    if (arguments.has("broker-defaults")) {
        return Entity{&entity_types[1], ""};
    }
    return std::unexpected("At least one entity type must be specified");
}

Done check_name(const Entity& entity) {
    const std::string_view flag = entity.type->flag;
    if (flag == "user" && entity.name && entity.name->empty()) {
        return std::unexpected(fmt::format("--entity-default cannot be used with users: {}", no_quotas));
    }
    if (!entity.name || (flag != "broker" && flag != "broker-logger") || entity.name->empty()) {
        return {};
    }
    if (!parse_number(*entity.name)) {
        return std::unexpected(fmt::format(
            "The entity name for {} must be a valid integer broker id, but it is: {}", entity.type->name, *entity.name
        ));
    }
    return {};
}

/// Sends to the entity's own broker, or to any.
template <Message Response, Message Request>
Expected<Reply<Response>> ask(ToolSession& session, const Entity& entity, const Request& request) {
    const auto owner = entity.owner();
    return owner ? session.wait(session.cluster().ask_node<Response>(*owner, request)) : session.ask<Response>(request);
}

std::expected<std::vector<std::string>, std::string> list_topics(ToolSession& session) {
    MetadataRequest request;
    request.topics.reset();
    const auto reply = session.ask<MetadataResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    std::vector<std::string> names;
    for (const auto& topic : reply->message.topics) {
        names.push_back(*topic.name);
    }
    return java_hash_order(std::move(names), [](const std::string& name) { return java_hash(name); });
}

std::expected<std::vector<std::string>, std::string> list_brokers(ToolSession& session) {
    const auto cluster = session.ask<DescribeClusterResponse>(DescribeClusterRequest());
    if (!cluster) {
        return std::unexpected(words_of(cluster.error()));
    }
    std::vector<std::string> names;
    for (const auto& broker : cluster->message.brokers) {
        names.push_back(std::to_string(broker.broker_id));
    }
    names.emplace_back();
    return names;
}

std::expected<std::vector<std::string>, std::string> list_resources(ToolSession& session, std::int8_t type) {
    ListConfigResourcesRequest request;
    request.resource_types = {type};
    const auto reply = session.ask<ListConfigResourcesResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    if (reply->message.error_code != ErrorCode::none) {
        return std::unexpected(words_of(reply->message.error_code, std::nullopt));
    }
    std::vector<std::string> names;
    for (const auto& resource : reply->message.config_resources) {
        names.push_back(resource.resource_name);
    }
    return names;
}

std::expected<std::vector<std::string>, std::string> list_group_entities(ToolSession& session) {
    auto names = list_resources(session, entity_types[4].resource);
    const auto groups = list_groups(session, {}, {});
    if (!groups) {
        return std::unexpected(groups.error());
    }
    std::vector<std::string> all;
    for (const GroupListing& group : *groups) {
        all.push_back(group.id);
    }
    // A broker that cannot list settings of groups has none.
    for (const std::string& name : names.value_or(std::vector<std::string>())) {
        if (!contains(all, name)) {
            all.push_back(name);
        }
    }
    return all;
}

std::expected<std::vector<std::string>, std::string> list_entities(ToolSession& session, const EntityType& type) {
    return type.flag == "topic"            ? list_topics(session)
           : type.flag == "client-metrics" ? list_resources(session, type.resource)
           : type.flag == "group"          ? list_group_entities(session)
                                           : list_brokers(session);
}

std::string config_line(const DescribeConfigsResponse::DescribeConfigsResourceResult& config) {
    std::vector<std::string> synonyms;
    for (const auto& synonym : config.synonyms) {
        const auto source = static_cast<std::uint8_t>(synonym.source);
        synonyms.push_back(fmt::format(
            "{}:{}={}", source < std::size(source_names) ? source_names[source] : source_names[0], synonym.name,
            synonym.value.value_or("null")
        ));
    }
    return fmt::format(
        "  {}={} sensitive={} synonyms={{{}}}\n", config.name, config.value.value_or("null"), config.is_sensitive,
        join(synonyms, ", ")
    );
}

Done describe_one(ToolSession& session, const Entity& entity, bool all) {
    DescribeConfigsRequest request;
    request.include_synonyms = true;
    request.resources.push_back({entity.type->resource, *entity.name, std::nullopt, {}});
    auto reply = ask<DescribeConfigsResponse>(session, entity, request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    auto& result = reply->message.results.front();
    if (result.error_code != ErrorCode::none) {
        return std::unexpected(words_of(result.error_code, result.error_message));
    }
    print(
        entity.name->empty()
            ? fmt::format("Default configs for {} in the cluster are:\n", entity.type->name)
            : fmt::format("{} configs for {} {} are:\n", all ? "All" : "Dynamic", entity.singular(), *entity.name)
    );
    std::ranges::sort(result.configs, {}, &DescribeConfigsResponse::DescribeConfigsResourceResult::name);
    const bool defaults = entity.type->flag == "broker" && entity.name->empty();
    const std::int8_t source = defaults ? default_broker_source : entity.type->source;
    for (const auto& config : result.configs) {
        if (all || source == 0 || config.config_source == source) {
            print(config_line(config));
        }
    }
    return {};
}

/// Whether there is such a thing at all.
std::expected<bool, std::string> exists(ToolSession& session, const Entity& entity) {
    if (entity.name->empty() || entity.type->flag == "broker-logger") {
        return true;
    }
    const auto names = list_entities(session, *entity.type);
    if (!names) {
        return std::unexpected(names.error());
    }
    return contains(*names, *entity.name);
}

Done describe(ToolSession& session, const Entity& entity, bool all) {
    if (entity.is_user()) {
        return describe_scram_users(session, entity.name);
    }
    if (entity.name) {
        const auto found = exists(session, entity);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (!*found) {
            print(fmt::format(
                "The {} '{}' doesn't exist and doesn't have dynamic config.\n", entity.singular(), *entity.name
            ));
            return {};
        }
        return describe_one(session, entity, all);
    }
    const auto names = list_entities(session, *entity.type);
    if (!names) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        if (auto done = describe_one(session, {entity.type, name}, all); !done) {
            return done;
        }
    }
    return {};
}

std::expected<std::map<std::string, std::string>, std::string> read_additions(const Arguments& arguments) {
    if (const auto text = arguments.value("add-config")) {
        return parse_config_changes(*text);
    }
    std::map<std::string, std::string> additions;
    if (const auto path = arguments.value("add-config-file")) {
        ClientProperties properties;
        if (auto loaded = properties.load(*path); !loaded) {
            return std::unexpected(loaded.error());
        }
        additions.insert(properties.values().begin(), properties.values().end());
    }
    return additions;
}

Done alter(ToolSession& session, const Entity& entity, const Arguments& arguments) {
    const auto additions = read_additions(arguments);
    if (!additions) {
        return std::unexpected(additions.error());
    }
    std::vector<std::string> deletions;
    for (const std::string& list : arguments.values("delete-config")) {
        for (const std::string& key : split(list, ',')) {
            deletions.push_back(key);
        }
    }
    if (entity.is_user()) {
        return alter_scram_user(session, *entity.name, *additions, deletions);
    }
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = entity.type->resource;
    resource.resource_name = *entity.name;
    for (const auto& [key, value] : *additions) {
        resource.configs.push_back({key, 0, value, {}});
    }
    for (const std::string& key : deletions) {
        resource.configs.push_back({key, 1, "", {}});
    }
    const auto reply = ask<IncrementalAlterConfigsResponse>(session, entity, request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    const auto& result = reply->message.responses.front();
    if (result.error_code != ErrorCode::none) {
        return std::unexpected(
            java_exception(result.error_code) + ": " + words_of(result.error_code, result.error_message)
        );
    }
    print(
        entity.name->empty()
            ? fmt::format("Completed updating default config for {} in the cluster.\n", entity.type->name)
            : fmt::format("Completed updating config for {} {}.\n", entity.singular(), *entity.name)
    );
    return {};
}

std::string fault(const Arguments& arguments, const Entity& entity) {
    if (!arguments.has("bootstrap-server") && !arguments.has("bootstrap-controller")) {
        return "One of the required --bootstrap-server or --bootstrap-controller arguments must be specified";
    }
    if (!arguments.is("alter")) {
        return {};
    }
    if (!entity.name) {
        return "An entity name must be specified with --alter";
    }
    const bool changes =
        arguments.has("add-config") || arguments.has("add-config-file") || arguments.has("delete-config");
    return changes
               ? ""
               : "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter";
}

int run(const Arguments& arguments) {
    const auto entity = find_entity(arguments);
    if (!entity) {
        return complain(entity.error());
    }
    if (const auto named = check_name(*entity); !named) {
        return complain(named.error());
    }
    if (const std::string words = fault(arguments, *entity); !words.empty()) {
        return complain(words);
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    const auto done = arguments.is("describe") ? describe(**session, *entity, arguments.has("all"))
                                               : alter(**session, *entity, arguments);
    return done ? 0 : complain(fmt::format("Error while executing config command: {}", done.error()));
}

}  // namespace configs_command

const Tool configs_tool{
    {.tool = "configs",
     .purpose =
         "Describe and change the settings of topics, brokers, groups and client metrics, and users' SCRAM passwords.",
     .flags = configs_command::flags,
     .actions = "describe alter"},
    configs_command::run
};

}  // namespace barnabas
