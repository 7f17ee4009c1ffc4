#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/uuid.h"
#include "model/error.h"

namespace barnabas {

// Kafka's numbers, as they stand in requests and in the metadata log. `any` and `match` are for filters only; a number
// that Kafka does not have is `unknown`, which nothing matches.
enum class ResourceType : std::int8_t { unknown, any, topic, group, cluster, transactional_id, delegation_token, user };
enum class PatternType : std::int8_t { unknown, any, match, literal, prefixed };
enum class Permission : std::int8_t { unknown, any, deny, allow };
enum class AclOperation : std::int8_t {
    unknown,
    any,
    all,
    read,
    write,
    create,
    remove,
    alter,
    describe,
    cluster_action,
    describe_configs,
    alter_configs,
    idempotent_write,
    create_tokens,
    describe_tokens,
    two_phase_commit
};

[[nodiscard]] ResourceType resource_type(std::int8_t number);
[[nodiscard]] PatternType pattern_type(std::int8_t number);
[[nodiscard]] Permission permission(std::int8_t number);
[[nodiscard]] AclOperation acl_operation(std::int8_t number);

// Kafka's spelling: "TRANSACTIONAL_ID", "PREFIXED", "DENY", "DELETE".
[[nodiscard]] std::string_view name(ResourceType type);
[[nodiscard]] std::string_view name(PatternType type);
[[nodiscard]] std::string_view name(Permission permission);
[[nodiscard]] std::string_view name(AclOperation operation);

inline constexpr std::string_view any_name = "*";              ///< as a literal pattern: every resource of the type
inline constexpr std::string_view any_host = "*";              ///< as a rule's host: from everywhere
inline constexpr std::string_view every_principal = "User:*";  ///< as a rule's principal: everybody, of any type

/// One access rule: `principal` ("User:alice") from `host` may, or may not, do `operation` on what the pattern names.
/// Hosts are compared as texts: an address as Java writes it, IPv6 in eight groups without "::".
struct Acl {
    ResourceType type = ResourceType::unknown;
    PatternType pattern = PatternType::unknown;
    std::string resource;
    std::string principal;
    std::string host;
    AclOperation operation = AclOperation::unknown;
    Permission permission = Permission::unknown;
    Uuid id;  ///< of its record; not part of what it says

    auto operator<=>(const Acl&) const = default;

    /// "allow READ on TOPIC PREFIXED orders- for User:alice from *"
    [[nodiscard]] std::string text() const;
};

/// Whether Kafka would keep this rule. Errors: invalid_request, in Kafka's words.
[[nodiscard]] Expected<void> validate(const Acl& acl);

/// Which rules to describe or to delete. What is absent or `any` matches everything; the pattern type `match` asks for
/// the rules that concern the resource `resource`: literal, prefixed and wildcard.
struct AclFilter {
    ResourceType type = ResourceType::any;
    PatternType pattern = PatternType::any;
    std::optional<std::string> resource;
    std::optional<std::string> principal;
    std::optional<std::string> host;
    AclOperation operation = AclOperation::any;
    Permission permission = Permission::any;

    [[nodiscard]] bool matches(const Acl& acl) const;
};

}  // namespace barnabas
