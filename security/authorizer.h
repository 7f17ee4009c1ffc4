#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "security/acl_set.h"

namespace barnabas {

/// Who wants to do what to which resource. The views must live as long as the call.
struct AccessQuestion {
    std::string_view principal;  ///< "User:alice"
    std::string_view host;       ///< the peer's address, spelled as in Acl
    AclOperation operation = AclOperation::unknown;
    ResourceType type = ResourceType::unknown;
    std::string_view resource;
};

/// The answer, and why, for the audit log.
struct AccessVerdict {
    enum class Reason : std::uint8_t {
        super_user,
        rule,             ///< `rule` decided
        rules_of_others,  ///< denied: the resource has rules, and none of them is for this
        no_rules,         ///< the resource has no rules: as allow.everyone.if.no.acl.found says
        of_type,          ///< of `authorize_any`: some resource of the type may, or may not, be allowed
    };

    bool allowed = false;
    Reason reason = Reason::no_rules;
    const Acl* rule = nullptr;  ///< lives as long as the AclSet

    /// "super user", "no rule", or the rule's text.
    [[nodiscard]] std::string text() const;
};

struct AuthorizerOptions {
    std::set<std::string, std::less<>> super_users;  ///< "User:admin"
    bool allow_everyone_if_no_acl_found = false;
};

/// Reads `super.users`: principals separated by semicolons. Errors: invalid_config, for one without a type.
[[nodiscard]] Expected<std::set<std::string, std::less<>>> parse_super_users(std::string_view list);

/// Decides as Kafka's StandardAuthorizer. A value that never changes: any thread may ask. When rules or options have
/// changed, a new one takes its place.
class Authorizer {
public:
    Authorizer(std::shared_ptr<const AclSet> acls, AuthorizerOptions options);

    /// A rule that denies wins over all that allow. An allowed READ, WRITE, DELETE or ALTER allows DESCRIBE too, and
    /// ALTER_CONFIGS allows DESCRIBE_CONFIGS; what is denied implies nothing.
    [[nodiscard]] AccessVerdict authorize(const AccessQuestion& question) const;

    /// Whether there may be a resource of the type on which the operation is allowed (KIP-679); `resource` of the
    /// question is not looked at, and rules for one operation imply no other, as in Kafka. Costs as much as a decision,
    /// and time in proportion to the rules that deny this principal the operation, where there are some.
    [[nodiscard]] AccessVerdict authorize_any(const AccessQuestion& question) const;

    [[nodiscard]] const AclSet& acls() const { return *acls_; }

private:
    std::shared_ptr<const AclSet> acls_;
    AuthorizerOptions options_;
};

}  // namespace barnabas
