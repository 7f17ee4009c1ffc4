#include <fmt/format.h>

#include "cli/acl_rules.h"
#include "cli/session.h"
#include "cli/standard_input.h"
#include "protocol/create_acls.h"
#include "protocol/delete_acls.h"
#include "protocol/describe_acls.h"

namespace barnabas {

namespace acls_command {

constexpr std::string_view with_changes = "add remove";

constexpr Flag flags[] = {
    bootstrap_server_flag,
    {.name = "bootstrap-controller",
     .takes = Takes::text,
     .argument = "HOST:PORT,...",
     .refused = "the controllers' listeners do not serve access rules: use --bootstrap-server"},
    command_config_flag,
    {.name = "list", .help = "Tell the rules: all, or those of the resources that are named."},
    {.name = "add", .help = "Make rules."},
    {.name = "remove", .help = "Remove rules; all of a resource where no principal is named."},
    {.name = "topic", .takes = Takes::text, .argument = "NAME", .help = "A topic; * for all.", .repeats = true},
    {.name = "group", .takes = Takes::text, .argument = "NAME", .help = "A group; * for all.", .repeats = true},
    {.name = "cluster", .help = "The cluster."},
    {.name = "transactional-id",
     .takes = Takes::text,
     .argument = "ID",
     .help = "A transactional id; * for all.",
     .repeats = true},
    {.name = "delegation-token",
     .takes = Takes::text,
     .argument = "ID",
     .help = "A delegation token; * for all.",
     .repeats = true},
    {.name = "user-principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "A user, as what something is done to: whose tokens are made or described.",
     .repeats = true},
    {.name = "resource-pattern-type",
     .takes = Takes::text,
     .argument = "TYPE",
     .help = "literal (the default) or prefixed; to look for rules also any, or match: all that concern the resource."},
    {.name = "allow-principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "Who is allowed, as User:alice; User:* is everybody.",
     .repeats = true,
     .only_with = with_changes},
    {.name = "allow-host",
     .takes = Takes::text,
     .argument = "ADDRESS",
     .help = "From where it is allowed; everywhere by default.",
     .repeats = true,
     .only_with = "allow-principal"},
    {.name = "deny-principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "Who is denied it. A denial wins over whatever allows.",
     .repeats = true,
     .only_with = with_changes,
     .not_with = "producer consumer"},
    {.name = "deny-host",
     .takes = Takes::text,
     .argument = "ADDRESS",
     .help = "From where it is denied; from everywhere by default.",
     .repeats = true,
     .only_with = "deny-principal"},
    {.name = "operation",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "What is allowed or denied: All (the default), Read, Write, Create, Delete, Alter, Describe, "
             "ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite, CreateTokens, DescribeTokens, "
             "TwoPhaseCommit.",
     .repeats = true,
     .only_with = with_changes,
     .not_with = "producer consumer"},
    {.name = "producer",
     .help = "What a producer needs: Write, Describe and Create of the topic, and of the transactional id.",
     .only_with = with_changes},
    {.name = "idempotent", .help = "For a producer: IdempotentWrite of the cluster too.", .only_with = "producer"},
    {.name = "consumer",
     .help = "What a consumer needs: Read and Describe of the topic, Read of the group.",
     .only_with = with_changes},
    {.name = "principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "Only rules of this principal.",
     .repeats = true,
     .only_with = "list"},
    {.name = "force", .help = "Do not ask whether to remove.", .only_with = with_changes},
};

std::expected<void, std::string> check(const Arguments& arguments) {
    if (!arguments.has("bootstrap-server")) {
        return std::unexpected("--bootstrap-server is missing");
    }
    if (arguments.is("add") && !arguments.has("allow-principal") && !arguments.has("deny-principal")) {
        return std::unexpected("You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.");
    }
    if (arguments.has("producer") && !arguments.has("topic")) {
        return std::unexpected("With --producer you must specify a --topic");
    }
    const bool producer = arguments.has("producer");
    if (arguments.has("consumer") && (!arguments.has("topic") || !arguments.has("group") ||
                                      (!producer && (arguments.has("cluster") || arguments.has("transactional-id"))))) {
        return std::unexpected(
            "With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option "
            "should be specified."
        );
    }
    return {};
}

int fail_command(const std::string& what) {
    return complain(fmt::format("Error while executing ACL command: {}", what));
}

int add(ToolSession& session, const Arguments& arguments) {
    const auto acls = described_acls(arguments);
    if (!acls) {
        return complain(acls.error());
    }
    for (const auto& [resource, entries] : *acls) {
        if (resource.pattern == PatternType::any || resource.pattern == PatternType::match) {
            return complain(fmt::format(
                "A '--resource-pattern-type' value of '{}' is not valid when adding acls.", name(resource.pattern)
            ));
        }
    }
    for (const auto& [resource, entries] : *acls) {
        print(fmt::format("Adding ACLs for resource `{}`: \n {}\n", resource.text(), acl_lines(entries)));
        CreateAclsRequest request;
        for (const AclEntry& entry : entries) {
            auto& creation = request.creations.emplace_back();
            creation.resource_type = static_cast<std::int8_t>(resource.type);
            creation.resource_name = *resource.name;
            creation.resource_pattern_type = static_cast<std::int8_t>(resource.pattern);
            creation.principal = entry.principal;
            creation.host = entry.host;
            creation.operation = static_cast<std::int8_t>(entry.operation);
            creation.permission_type = static_cast<std::int8_t>(entry.permission);
        }
        const auto reply = session.ask<CreateAclsResponse>(request);
        if (!reply) {
            return fail_command(words_of(reply.error()));
        }
        for (const auto& result : reply->message.results) {
            if (result.error_code != ErrorCode::none) {
                return fail_command(words_of(result.error_code, result.error_message));
            }
        }
    }
    return 0;
}

/// Whether the person at the terminal agrees. Nobody there is no agreement.
std::expected<bool, std::string> confirm(
    ToolSession& session, const Arguments& arguments, const std::string& question
) {
    if (arguments.has("force")) {
        return true;
    }
    print(fmt::format("{} (y/n)\n", question));
    std::fflush(stdout);
    StandardInput input(session.context().get_executor());
    const auto answer = session.wait(input.next_line());
    if (!answer || !*answer) {
        return std::unexpected("nobody answers: with --force nothing is asked");
    }
    return **answer == "y" || **answer == "Y";
}

DeleteAclsRequest deletion(const AclResource& resource, const std::set<AclEntry>& entries) {
    DeleteAclsRequest request;
    const auto filter = [&](const AclEntry* entry) {
        auto& added = request.filters.emplace_back();
        added.resource_type_filter = static_cast<std::int8_t>(resource.type);
        added.resource_name_filter = resource.name;
        added.pattern_type_filter = static_cast<std::int8_t>(resource.pattern);
        added.principal_filter = entry ? std::optional<std::string_view>(entry->principal) : std::nullopt;
        added.host_filter = entry ? std::optional<std::string_view>(entry->host) : std::nullopt;
        added.operation = static_cast<std::int8_t>(entry ? entry->operation : AclOperation::any);
        added.permission_type = static_cast<std::int8_t>(entry ? entry->permission : Permission::any);
    };
    if (entries.empty()) {
        filter(nullptr);
    }
    for (const AclEntry& entry : entries) {
        filter(&entry);
    }
    return request;
}

int remove(ToolSession& session, const Arguments& arguments) {
    const auto acls = described_acls(arguments);
    if (!acls) {
        return complain(acls.error());
    }
    for (const auto& [resource, entries] : *acls) {
        const std::string question =
            entries.empty()
                ? fmt::format("Are you sure you want to delete all ACLs for resource filter `{}`?", resource.text())
                : fmt::format(
                      "Are you sure you want to remove ACLs: \n {} from resource filter `{}`?", acl_lines(entries),
                      resource.text()
                  );
        const auto agreed = confirm(session, arguments, question);
        if (!agreed) {
            return fail_command(agreed.error());
        }
        if (!*agreed) {
            continue;
        }
        const auto reply = session.ask<DeleteAclsResponse>(deletion(resource, entries));
        if (!reply) {
            return fail_command(words_of(reply.error()));
        }
        for (const auto& result : reply->message.filter_results) {
            if (result.error_code != ErrorCode::none) {
                return fail_command(words_of(result.error_code, result.error_message));
            }
        }
    }
    return 0;
}

Expected<AclsByResource> find_acls(ToolSession& session, const std::set<AclResource>& resources) {
    AclsByResource found;
    for (const AclResource& resource : resources) {
        DescribeAclsRequest request;
        request.resource_type_filter = static_cast<std::int8_t>(resource.type);
        request.resource_name_filter = resource.name;
        request.pattern_type_filter = static_cast<std::int8_t>(resource.pattern);
        request.principal_filter.reset();
        request.host_filter.reset();
        request.operation = static_cast<std::int8_t>(AclOperation::any);
        request.permission_type = static_cast<std::int8_t>(Permission::any);
        const auto reply = session.ask<DescribeAclsResponse>(request);
        if (!reply || reply->message.error_code != ErrorCode::none) {
            return reply ? fail(reply->message.error_code, reply->message.error_message.value_or(""))
                         : std::unexpected(reply.error());
        }
        for (const auto& each : reply->message.resources) {
            auto& entries =
                found[{resource_type(each.resource_type), each.resource_name, pattern_type(each.pattern_type)}];
            for (const auto& acl : each.acls) {
                entries.insert({acl.principal, acl.host, acl_operation(acl.operation), permission(acl.permission_type)}
                );
            }
        }
    }
    return found;
}

void print_acls(const AclsByResource& acls) {
    for (const auto& [resource, entries] : acls) {
        print(fmt::format("Current ACLs for resource `{}`:\n{}\n", resource.text(), acl_lines(entries)));
    }
}

int list(ToolSession& session, const Arguments& arguments) {
    auto resources = named_resources(arguments);
    if (!resources) {
        return complain(resources.error());
    }
    if (resources->empty()) {
        resources->insert(AclResource());
    }
    const auto acls = find_acls(session, *resources);
    if (!acls) {
        return fail_command(words_of(acls.error()));
    }
    const auto principals = arguments.values("principal");
    if (principals.empty()) {
        print_acls(*acls);
    }
    for (const std::string& principal : principals) {
        AclsByResource own;
        for (const auto& [resource, entries] : *acls) {
            for (const AclEntry& entry : entries) {
                if (entry.principal == principal) {
                    own[resource].insert(entry);
                }
            }
        }
        print(fmt::format("ACLs for principal `{}`\n", principal));
        print_acls(own);
    }
    return 0;
}

int run(const Arguments& arguments) {
    if (const auto checked = check(arguments); !checked) {
        return complain(checked.error());
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    if (arguments.is("list")) {
        return list(**session, arguments);
    }
    return arguments.is("add") ? add(**session, arguments) : remove(**session, arguments);
}

}  // namespace acls_command

const Tool acls_tool{
    {.tool = "acls",
     .purpose = "Tell who may do what: list, add and remove access rules.",
     .flags = acls_command::flags,
     .actions = "list add remove"},
    acls_command::run
};

}  // namespace barnabas
