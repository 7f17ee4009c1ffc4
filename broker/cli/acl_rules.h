#pragma once

#include <expected>
#include <map>
#include <set>
#include <vector>

#include "cli/flags.h"
#include "security/acl.h"

namespace barnabas {

/// What `barnabas acls` adds rules to, or looks for: type, name and pattern type of resources. Null names stand for
/// all.
struct AclResource {
    ResourceType type = ResourceType::any;
    std::optional<std::string> name;
    PatternType pattern = PatternType::any;

    auto operator<=>(const AclResource&) const = default;

    /// As Kafka's tools write it: "ResourcePattern(resourceType=TOPIC, name=t, patternType=LITERAL)".
    [[nodiscard]] std::string text() const;
};

/// What a rule says besides its resource.
struct AclEntry {
    std::string principal;
    std::string host;
    AclOperation operation = AclOperation::all;
    Permission permission = Permission::allow;

    auto operator<=>(const AclEntry&) const = default;

    /// "(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)".
    [[nodiscard]] std::string text() const;
};

using AclsByResource = std::map<AclResource, std::set<AclEntry>>;

/// The resources that the flags name. Errors are sentences.
[[nodiscard]] std::expected<std::set<AclResource>, std::string> named_resources(const Arguments& arguments);

/// The rules that the flags describe; a resource without rules, where no principal is named, stands for all of its.
/// `--producer` and `--consumer` are what those need. Errors are sentences.
[[nodiscard]] std::expected<AclsByResource, std::string> described_acls(const Arguments& arguments);

/// A line for each of the rules, as Kafka's tools print them.
[[nodiscard]] std::string acl_lines(const std::set<AclEntry>& entries);

}  // namespace barnabas
