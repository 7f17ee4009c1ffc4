#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "cli/client_quotas.h"
#include "cli/config_changes.h"
#include "cli/config_entities.h"
#include "cli/group_description.h"
#include "cli/java_order.h"
#include "cli/scram_users.h"
#include "cli/session.h"
#include "io/host_names.h"
#include "protocol/describe_cluster.h"
#include "protocol/describe_configs.h"
#include "protocol/incremental_alter_configs.h"
#include "protocol/list_config_resources.h"

namespace barnabas {

namespace configs_command {

constexpr Flag flags[] = {
    bootstrap_server_flag,
    bootstrap_controller_flag,
    command_config_flag,
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
     .help = "topics, brokers, broker-loggers, client-metrics, groups, users, clients or ips; users and clients also "
             "together.",
     .repeats = true},
    {.name = "entity-name", .takes = Takes::text, .argument = "NAME", .help = "Which one.", .repeats = true},
    {.name = "entity-default", .help = "What holds for all brokers, users, clients or addresses."},
    {.name = "topic", .takes = Takes::text, .argument = "NAME", .help = "The topic."},
    {.name = "broker", .takes = Takes::text, .argument = "ID", .help = "The broker."},
    {.name = "broker-defaults", .help = "What holds for all brokers."},
    {.name = "broker-logger", .takes = Takes::text, .argument = "ID", .help = "The broker, for its log levels."},
    {.name = "client-metrics", .takes = Takes::text, .argument = "NAME", .help = "The subscription to client metrics."},
    {.name = "group", .takes = Takes::text, .argument = "NAME", .help = "The group."},
    {.name = "client", .takes = Takes::text, .argument = "ID", .help = "The client id, for its quotas."},
    {.name = "client-defaults", .help = "What holds for client ids without quotas of their own."},
    {.name = "user",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The user, for quotas or for SCRAM-SHA-256=[iterations=NUMBER,password=PASSWORD] and the like."},
    {.name = "user-defaults", .help = "What holds for users without quotas of their own."},
    {.name = "ip", .takes = Takes::text, .argument = "ADDRESS", .help = "The address, for its quota of connections."},
    {.name = "ip-defaults", .help = "What holds for addresses without a quota of their own."},
};

/// A kind of thing that has settings which every broker can tell.
struct EntityType {
    std::string_view name;  ///< in the plural, as --entity-type names it
    std::int8_t resource;
    std::int8_t source;  ///< of what was set for one of them; 0 where everything is shown
};
constexpr EntityType entity_types[] = {
    {"topics", 2, 1}, {"brokers", 4, 2}, {"broker-loggers", 8, 0}, {"client-metrics", 16, 7}, {"groups", 32, 8},
};
constexpr std::int8_t group_resource = 32;
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

using Done = std::expected<void, std::string>;
using Entities = std::vector<ConfigEntity>;

const EntityType& type_of(const ConfigEntity& entity) {
    return *std::ranges::find(entity_types, entity.type, &EntityType::name);
}

bool is_of_broker(const ConfigEntity& entity) {
    return entity.type == "brokers" || entity.type == "broker-loggers";
}

/// Users, client ids and addresses, which have quotas.
bool is_client(const ConfigEntity& entity) {
    return entity.type == "users" || entity.type == "clients" || entity.type == "ips";
}

/// The broker that alone can answer for this entity.
std::optional<NodeId> owner(const ConfigEntity& entity) {
    const auto id = is_of_broker(entity) && entity.name ? parse_number(*entity.name) : std::nullopt;
    return id ? std::optional(NodeId{static_cast<std::int32_t>(*id)}) : std::nullopt;
}

Done check_name(const ConfigEntity& entity) {
    if (!entity.name || entity.name->empty()) {
        return {};
    }
    if (is_of_broker(entity) && !parse_number(*entity.name)) {
        return std::unexpected(fmt::format(
            "The entity name for {} must be a valid integer broker id, but it is: {}", entity.type, *entity.name
        ));
    }
    if (entity.type == "ips" && !address_of(*entity.name)) {
        return std::unexpected(
            fmt::format("The entity name for ips must be a valid IP or resolvable host, but it is: {}", *entity.name)
        );
    }
    return {};
}

/// Sends to the entity's own broker, or to any.
template <Message Response, Message Request>
Expected<Reply<Response>> ask(ToolSession& session, const ConfigEntity& entity, const Request& request) {
    const auto node = owner(entity);
    return node ? session.wait(session.cluster().ask_node<Response>(*node, request)) : session.ask<Response>(request);
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
    auto names = list_resources(session, group_resource);
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

std::expected<std::vector<std::string>, std::string> list_entities(ToolSession& session, const ConfigEntity& entity) {
    return entity.type == "topics"           ? list_topics(session)
           : entity.type == "client-metrics" ? list_resources(session, type_of(entity).resource)
           : entity.type == "groups"         ? list_group_entities(session)
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

Done describe_one(ToolSession& session, const ConfigEntity& entity, bool all) {
    DescribeConfigsRequest request;
    request.include_synonyms = true;
    request.resources.push_back({type_of(entity).resource, *entity.name, std::nullopt, {}});
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
            ? fmt::format("Default configs for {} in the cluster are:\n", entity.type)
            : fmt::format("{} configs for {} {} are:\n", all ? "All" : "Dynamic", entity.singular(), *entity.name)
    );
    std::ranges::sort(result.configs, {}, &DescribeConfigsResponse::DescribeConfigsResourceResult::name);
    const bool defaults = entity.type == "brokers" && entity.name->empty();
    const std::int8_t source = defaults ? default_broker_source : type_of(entity).source;
    for (const auto& config : result.configs) {
        if (all || source == 0 || config.config_source == source) {
            print(config_line(config));
        }
    }
    return {};
}

/// Whether there is such a thing at all.
std::expected<bool, std::string> exists(ToolSession& session, const ConfigEntity& entity) {
    if (entity.name->empty() || entity.type == "broker-loggers") {
        return true;
    }
    const auto names = list_entities(session, entity);
    if (!names) {
        return std::unexpected(names.error());
    }
    return contains(*names, *entity.name);
}

Done describe(ToolSession& session, const ConfigEntity& entity, bool all) {
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
    const auto names = list_entities(session, entity);
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

/// Credentials are shown with the quotas of users, where it is about users alone.
Done describe_clients(ToolSession& session, const Entities& entities) {
    if (auto done = describe_quotas(session, entities); !done) {
        return done;
    }
    const ConfigEntity& first = entities.front();
    const bool has_credentials = entities.size() == 1 && first.type == "users" && first.name != "";
    return has_credentials ? describe_scram_users(session, first.name) : Done();
}

using Settings = std::map<std::string, std::string>;
using Keys = std::vector<std::string>;

std::expected<Settings, std::string> read_additions(const Arguments& arguments) {
    if (const auto text = arguments.value("add-config")) {
        return parse_config_changes(*text);
    }
    Settings additions;
    if (const auto path = arguments.value("add-config-file")) {
        ClientProperties properties;
        if (auto loaded = properties.load(*path); !loaded) {
            return std::unexpected(loaded.error());
        }
        additions.insert(properties.values().begin(), properties.values().end());
    }
    return additions;
}

std::vector<std::string> read_deletions(const Arguments& arguments) {
    std::vector<std::string> deletions;
    for (const std::string& list : arguments.values("delete-config")) {
        for (const std::string& key : split(list, ',')) {
            deletions.push_back(key);
        }
    }
    return deletions;
}

/// Quotas of the entities, or a user's credentials, which are changed by another request: not both at once.
Done alter_clients(ToolSession& session, const Entities& entities, const Settings& additions, const Keys& deletions) {
    const ConfigEntity& first = entities.front();
    bool quotas = false, credentials = false;
    Keys keys = deletions;
    std::ranges::copy(additions | std::views::keys, std::back_inserter(keys));
    for (const std::string& key : keys) {
        const bool is_quota = is_quota_key(first.type, key);
        if (!is_quota && (first.type != "users" || entities.size() > 1 || !scram_mechanism(key))) {
            return std::unexpected(fmt::format("{} cannot be set or unset for {}", key, first.type));
        }
        (is_quota ? quotas : credentials) = true;
    }
    if (!credentials) {
        return alter_quotas(session, entities, additions, deletions);
    }
    if (quotas) {
        return std::unexpected("Quotas and SCRAM credentials of a user cannot be changed by one command");
    }
    if (first.name->empty()) {
        return std::unexpected("SCRAM credentials are of one user: the default of all users can have quotas only");
    }
    return alter_scram_user(session, *first.name, additions, deletions);
}

Done alter(ToolSession& session, const ConfigEntity& entity, const Settings& additions, const Keys& deletions) {
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type_of(entity).resource;
    resource.resource_name = *entity.name;
    for (const auto& [key, value] : additions) {
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
        entity.name->empty() ? fmt::format("Completed updating default config for {} in the cluster.\n", entity.type)
                             : fmt::format("Completed updating config for {} {}.\n", entity.singular(), *entity.name)
    );
    return {};
}

std::string fault(const Arguments& arguments, const Entities& entities) {
    if (!arguments.has("bootstrap-server") && !arguments.has("bootstrap-controller")) {
        return "One of the required --bootstrap-server or --bootstrap-controller arguments must be specified";
    }
    if (!arguments.is("alter")) {
        return {};
    }
    if (!std::ranges::all_of(entities, [](const ConfigEntity& each) { return each.name.has_value(); })) {
        return entities.size() > 1 ? "An entity name must be specified for every entity type"
                                   : "An entity name must be specified with --alter";
    }
    const bool changes =
        arguments.has("add-config") || arguments.has("add-config-file") || arguments.has("delete-config");
    return changes
               ? ""
               : "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter";
}

Done execute(ToolSession& session, const Arguments& arguments, const Entities& entities) {
    const ConfigEntity& first = entities.front();
    if (arguments.is("describe")) {
        return is_client(first) ? describe_clients(session, entities) : describe(session, first, arguments.has("all"));
    }
    const auto additions = read_additions(arguments);
    if (!additions) {
        return std::unexpected(additions.error());
    }
    const Keys deletions = read_deletions(arguments);
    return is_client(first) ? alter_clients(session, entities, *additions, deletions)
                            : alter(session, first, *additions, deletions);
}

int run(const Arguments& arguments) {
    const auto entities = config_entities(arguments);
    if (!entities) {
        return complain(entities.error());
    }
    for (const ConfigEntity& entity : *entities) {
        if (const auto named = check_name(entity); !named) {
            return complain(named.error());
        }
    }
    if (const std::string words = fault(arguments, *entities); !words.empty()) {
        return complain(words);
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    const auto done = execute(**session, arguments, *entities);
    return done ? 0 : complain(fmt::format("Error while executing config command: {}", done.error()));
}

}  // namespace configs_command

const Tool configs_tool{
    {.tool = "configs",
     .purpose = "Describe and change the settings of topics, brokers, groups and client metrics, the quotas of users, "
                "client ids "
                "and addresses, and users' SCRAM passwords.",
     .flags = configs_command::flags,
     .actions = "describe alter"},
    configs_command::run
};

}  // namespace barnabas
