#include "security/acl.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace barnabas {

namespace {

constexpr auto type_names = std::to_array<std::string_view>(
    {"UNKNOWN", "ANY", "TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID", "DELEGATION_TOKEN", "USER"}
);
constexpr auto pattern_names = std::to_array<std::string_view>({"UNKNOWN", "ANY", "MATCH", "LITERAL", "PREFIXED"});
constexpr auto permission_names = std::to_array<std::string_view>({"UNKNOWN", "ANY", "DENY", "ALLOW"});
constexpr auto operation_names = std::to_array<std::string_view>(
    {"UNKNOWN", "ANY", "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "CLUSTER_ACTION",
     "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "CREATE_TOKENS", "DESCRIBE_TOKENS", "TWO_PHASE_COMMIT"}
);

template <class Kind, std::size_t count>
Kind kind_of(std::int8_t number, const std::array<std::string_view, count>&) {
    return number >= 0 && static_cast<std::size_t>(number) < count ? static_cast<Kind>(number) : Kind::unknown;
}

template <class Kind, std::size_t count>
std::string_view kind_name(Kind kind, const std::array<std::string_view, count>& names) {
    return names[static_cast<std::size_t>(kind)];
}

bool matches_resource(const AclFilter& filter, const Acl& acl) {
    if (filter.type != ResourceType::any && filter.type != acl.type) {
        return false;
    }
    const bool any_pattern = filter.pattern == PatternType::any || filter.pattern == acl.pattern;
    if (!any_pattern && filter.pattern != PatternType::match) {
        return false;
    }
    if (!filter.resource || *filter.resource == acl.resource) {
        return true;
    }
    if (filter.pattern != PatternType::match) {
        return false;
    }
    return acl.pattern == PatternType::literal ? acl.resource == any_name : filter.resource->starts_with(acl.resource);
}

}  // namespace

ResourceType resource_type(std::int8_t number) {
    return kind_of<ResourceType>(number, type_names);
}

PatternType pattern_type(std::int8_t number) {
    return kind_of<PatternType>(number, pattern_names);
}

Permission permission(std::int8_t number) {
    return kind_of<Permission>(number, permission_names);
}

AclOperation acl_operation(std::int8_t number) {
    return kind_of<AclOperation>(number, operation_names);
}

std::string_view name(ResourceType type) {
    return kind_name(type, type_names);
}

std::string_view name(PatternType type) {
    return kind_name(type, pattern_names);
}

std::string_view name(Permission permission) {
    return kind_name(permission, permission_names);
}

std::string_view name(AclOperation operation) {
    return kind_name(operation, operation_names);
}

std::string Acl::text() const {
    return fmt::format(
        "{} {} on {} {} {} for {} from {}", permission == Permission::deny ? "deny" : "allow", name(operation),
        name(type), name(pattern), resource, principal, host
    );
}

Expected<void> validate(const Acl& acl) {
    const auto refuse = [](std::string words) { return fail(ErrorCode::invalid_request, std::move(words)); };
    if (acl.type == ResourceType::unknown || acl.type == ResourceType::any) {
        return refuse(fmt::format("Invalid resourceType {}", name(acl.type)));
    }
    if (acl.pattern != PatternType::literal && acl.pattern != PatternType::prefixed) {
        return refuse(fmt::format("Invalid patternType {}", name(acl.pattern)));
    }
    if (acl.operation == AclOperation::unknown || acl.operation == AclOperation::any) {
        return refuse(fmt::format("Invalid operation {}", name(acl.operation)));
    }
    if (acl.permission != Permission::deny && acl.permission != Permission::allow) {
        return refuse(fmt::format("Invalid permissionType {}", name(acl.permission)));
    }
    if (acl.resource.empty()) {
        return refuse("Invalid empty resource name");
    }
    if (!acl.principal.contains(':')) {
        return refuse(fmt::format(
            "Could not parse principal from `{}` (no colon is present separating the principal type from the "
            "principal name)",
            acl.principal
        ));
    }
    return {};
}

bool AclFilter::matches(const Acl& acl) const {
    return matches_resource(*this, acl) && (!principal || *principal == acl.principal) &&
           (!host || *host == acl.host) && (operation == AclOperation::any || operation == acl.operation) &&
           (permission == Permission::any || permission == acl.permission);
}

}  // namespace barnabas
