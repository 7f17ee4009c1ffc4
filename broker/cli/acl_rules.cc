#include "cli/acl_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace barnabas {

namespace {

constexpr std::string_view the_cluster = "kafka-cluster";

struct ResourceFlag {
    std::string_view flag;
    ResourceType type;
};
constexpr auto resource_flags = std::to_array<ResourceFlag>({
    {"topic", ResourceType::topic},
    {"group", ResourceType::group},
    {"transactional-id", ResourceType::transactional_id},
    {"delegation-token", ResourceType::delegation_token},
    {"user-principal", ResourceType::user},
});

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    return out;
}

/// "DescribeConfigs" of "DESCRIBE_CONFIGS".
std::string camel_case(std::string_view name) {
    std::string out;
    bool first = true;
    for (const char c : name) {
        if (c != '_') {
            out += first || c < 'A' || c > 'Z' ? c : static_cast<char>(c + 32);
        }
        first = c == '_';
    }
    return out;
}

std::expected<PatternType, std::string> wanted_pattern(const Arguments& arguments) {
    const std::string text = arguments.value("resource-pattern-type").value_or("literal");
    for (const auto pattern : {PatternType::any, PatternType::match, PatternType::literal, PatternType::prefixed}) {
        if (name(pattern) == upper(text)) {
            return pattern;
        }
    }
    return std::unexpected(fmt::format("Unknown resource-pattern-type {}: it is any, match, literal or prefixed", text)
    );
}

std::expected<std::set<AclOperation>, std::string> wanted_operations(const Arguments& arguments) {
    std::set<AclOperation> operations;
    for (const std::string& text : arguments.values("operation")) {
        bool found = false;
        for (std::int8_t number = 2; !found && acl_operation(number) != AclOperation::unknown; ++number) {
            const AclOperation operation = acl_operation(number);
            found = camel_case(name(operation)) == text || name(operation) == upper(text);
            if (found) {
                operations.insert(operation);
            }
        }
        if (!found) {
            return std::unexpected(fmt::format("Unknown operation {}", text));
        }
    }
    if (operations.empty()) {
        operations.insert(AclOperation::all);
    }
    return operations;
}

/// The entries for the principals of one permission.
std::expected<void, std::string> add_entries(
    const Arguments& arguments, Permission permission, const std::set<AclOperation>& operations, std::set<AclEntry>& out
) {
    const std::string_view word = permission == Permission::allow ? "allow" : "deny";
    std::vector<std::string> hosts = arguments.values(fmt::format("{}-host", word));
    if (hosts.empty()) {
        hosts.emplace_back(any_host);
    }
    for (const std::string& principal : arguments.values(fmt::format("{}-principal", word))) {
        if (principal.find(':') == std::string::npos) {
            return std::unexpected(
                fmt::format("expected a string in format principalType:principalName but got {}", principal)
            );
        }
        for (const std::string& host : hosts) {
            for (const AclOperation operation : operations) {
                out.insert({principal, host, operation, permission});
            }
        }
    }
    return {};
}

/// What a resource type's rules may be about.
std::vector<AclOperation> operations_of(ResourceType type) {
    using enum AclOperation;
    switch (type) {
        case ResourceType::topic:
            return {all, read, write, create, remove, alter, describe, describe_configs, alter_configs};
        case ResourceType::group:
            return {all, read, remove, describe, describe_configs, alter_configs};
        case ResourceType::cluster:
            return {all, create, alter, describe, cluster_action, describe_configs, alter_configs, idempotent_write};
        case ResourceType::transactional_id:
            return {all, write, describe, two_phase_commit};
        case ResourceType::delegation_token:
            return {all, describe};
        case ResourceType::user:
            return {all, create_tokens, describe_tokens};
        default:
            return {};
    }
}

std::expected<void, std::string> check_operations(const AclsByResource& acls) {
    for (const auto& [resource, entries] : acls) {
        const auto known = operations_of(resource.type);
        for (const AclEntry& entry : entries) {
            if (resource.type != ResourceType::any && !contains(known, entry.operation)) {
                std::vector<std::string_view> names;
                std::ranges::transform(known, std::back_inserter(names), [](AclOperation each) { return name(each); });
                return std::unexpected(fmt::format(
                    "ResourceType {} only supports operations [{}]", name(resource.type), fmt::join(names, ", ")
                ));
            }
        }
    }
    return {};
}

using Entries = std::expected<std::set<AclEntry>, std::string>;

Entries entries_of(const Arguments& arguments, const std::set<AclOperation>& operations, bool denials) {
    std::set<AclEntry> entries;
    auto added = add_entries(arguments, Permission::allow, operations, entries);
    if (added && denials) {
        added = add_entries(arguments, Permission::deny, operations, entries);
    }
    return added ? Entries(std::move(entries)) : std::unexpected(added.error());
}

/// What a producer or consumer has to be allowed: `operations` gives those of a resource.
template <class Operations>
std::expected<void, std::string> add_role(
    const Arguments& arguments, const std::set<AclResource>& resources, Operations operations, AclsByResource& out
) {
    for (const AclResource& resource : resources) {
        const std::set<AclOperation> wanted = operations(resource.type);
        if (wanted.empty()) {
            continue;
        }
        const auto entries = entries_of(arguments, wanted, false);
        if (!entries) {
            return std::unexpected(entries.error());
        }
        out[resource].insert(entries->begin(), entries->end());
    }
    return {};
}

std::set<AclOperation> of_producer(ResourceType type) {
    using enum AclOperation;
    switch (type) {
        case ResourceType::topic:
            return {write, describe, create};
        case ResourceType::transactional_id:
            return {write, describe};
        case ResourceType::cluster:
            return {idempotent_write};
        default:
            return {};
    }
}

std::set<AclOperation> of_consumer(ResourceType type) {
    using enum AclOperation;
    switch (type) {
        case ResourceType::topic:
            return {read, describe};
        case ResourceType::group:
            return {read};
        default:
            return {};
    }
}

std::expected<AclsByResource, std::string> acls_of_roles(const Arguments& arguments, std::set<AclResource> resources) {
    AclsByResource acls;
    if (arguments.has("consumer")) {
        if (auto added = add_role(arguments, resources, of_consumer, acls); !added) {
            return std::unexpected(added.error());
        }
    }
    if (arguments.has("producer")) {
        if (arguments.has("idempotent")) {
            resources.insert({ResourceType::cluster, std::string(the_cluster), PatternType::literal});
        }
        if (auto added = add_role(arguments, resources, of_producer, acls); !added) {
            return std::unexpected(added.error());
        }
    }
    return acls;
}

}  // namespace

std::string AclResource::text() const {
    return fmt::format(
        "ResourcePattern(resourceType={}, name={}, patternType={})", barnabas::name(type),
        name ? *name : std::string("null"), barnabas::name(pattern)
    );
}

std::string AclEntry::text() const {
    return fmt::format(
        "(principal={}, host={}, operation={}, permissionType={})", principal, host, name(operation), name(permission)
    );
}

std::expected<std::set<AclResource>, std::string> named_resources(const Arguments& arguments) {
    const auto pattern = wanted_pattern(arguments);
    if (!pattern) {
        return std::unexpected(pattern.error());
    }
    std::set<AclResource> resources;
    for (const auto& [flag, type] : resource_flags) {
        for (const std::string& name : arguments.values(flag)) {
            resources.insert({type, name, *pattern});
        }
    }
    if (arguments.has("cluster")) {
        resources.insert({ResourceType::cluster, std::string(the_cluster), PatternType::literal});
    }
    return resources;
}

std::expected<AclsByResource, std::string> described_acls(const Arguments& arguments) {
    const auto resources = named_resources(arguments);
    if (!resources) {
        return std::unexpected(resources.error());
    }
    if (resources->empty()) {
        return std::unexpected(
            "You must provide at least one resource: --topic, --cluster, --group, --transactional-id, "
            "--delegation-token or --user-principal"
        );
    }
    if (arguments.has("producer") || arguments.has("consumer")) {
        return acls_of_roles(arguments, *resources);
    }
    const auto operations = wanted_operations(arguments);
    if (!operations) {
        return std::unexpected(operations.error());
    }
    const auto entries = entries_of(arguments, *operations, true);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    AclsByResource acls;
    for (const AclResource& resource : *resources) {
        acls[resource] = *entries;
    }
    const auto checked = check_operations(acls);
    return checked ? std::expected<AclsByResource, std::string>(std::move(acls)) : std::unexpected(checked.error());
}

std::string acl_lines(const std::set<AclEntry>& entries) {
    std::string lines;
    for (const AclEntry& entry : entries) {
        lines += fmt::format("\t{}\n", entry.text());
    }
    return lines;
}

}  // namespace barnabas
