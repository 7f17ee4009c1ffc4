#include "security/authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace barnabas {

namespace {

bool implies(AclOperation granted, AclOperation asked) {
    using enum AclOperation;
    if (asked == describe) {
        return granted == read || granted == write || granted == remove || granted == alter;
    }
    return asked == describe_configs && granted == alter_configs;
}

bool from_host(const Acl& acl, std::string_view host) {
    return acl.host == any_host || acl.host == host;
}

/// Whether the rule, which is for the principal, says anything on what is asked.
bool concerns(const Acl& acl, const AccessQuestion& question) {
    return from_host(acl, question.host) &&
           (acl.operation == AclOperation::all || acl.operation == question.operation ||
            (acl.permission == Permission::allow && implies(acl.operation, question.operation)));
}

/// Looks for what decides among the rules of one principal on one pattern; true when it is a denial, which is final.
bool look_for_denial(AclSet::Rules rules, const AccessQuestion& question, const Acl*& deciding) {
    for (const AclSet::Rule& acl : rules) {
        if (!concerns(*acl, question)) {
            continue;
        }
        if (acl->permission == Permission::deny) {
            deciding = acl.get();
            return true;
        }
        deciding = deciding ? deciding : acl.get();
    }
    return false;
}

/// The names of patterns that some rules of a type name.
struct PatternNames {
    std::unordered_set<std::string_view> literal;
    std::unordered_set<std::string_view> prefixed;

    void add(const Acl& acl) { (acl.pattern == PatternType::literal ? literal : prefixed).insert(acl.resource); }

    /// Whether one of the prefixes begins `name`.
    [[nodiscard]] bool has_prefix_of(std::string_view name) const {
        for (std::size_t size = 1; size <= name.size() && !prefixed.empty(); ++size) {
            if (prefixed.contains(name.substr(0, size))) {
                return true;
            }
        }
        return false;
    }
};

bool is_wildcard(const Acl& acl) {
    return acl.pattern == PatternType::literal && acl.resource == any_name;
}

bool all_denied(const Acl& allowing, const PatternNames& denied) {
    return (allowing.pattern == PatternType::literal && denied.literal.contains(allowing.resource)) ||
           denied.has_prefix_of(allowing.resource);
}

/// The rules of a type that name the principal or everybody, and the operation that is asked for or all.
struct RulesOfType {
    const AclSet& acls;
    const AccessQuestion& question;

    template <class Visit>
    [[nodiscard]] bool any_of(Permission permission, Visit visit) const {
        const auto concerned = [&](const Acl& acl) { return from_host(acl, question.host) && visit(acl); };
        for (const std::string_view principal : {question.principal, every_principal}) {
            for (const AclOperation operation : {question.operation, AclOperation::all}) {
                if (acls.any_of({question.type, principal, operation, permission}, concerned)) {
                    return true;
                }
            }
        }
        return false;
    }
};

}  // namespace

std::string AccessVerdict::text() const {
    switch (reason) {
        case Reason::super_user:
            return "super user";
        case Reason::rules_of_others:
            return "no rule for this";
        case Reason::no_rules:
            return "no rules for the resource";
        case Reason::rule:
        case Reason::of_type:
            return rule ? rule->text() : "no rule for the type";
    }
    return {};
}

Expected<std::set<std::string, std::less<>>> parse_super_users(std::string_view list) {
    constexpr std::string_view blanks = " \t\r\n";
    std::set<std::string, std::less<>> users;
    while (!list.empty()) {
        std::string_view user = list.substr(0, list.find(';'));
        list.remove_prefix(std::min(list.size(), user.size() + 1));
        user.remove_prefix(std::min(user.size(), user.find_first_not_of(blanks)));
        user = user.substr(0, user.find_last_not_of(blanks) + 1);
        if (user.empty()) {
            continue;
        }
        if (!user.contains(':')) {
            return fail(
                ErrorCode::invalid_config,
                fmt::format("super.users: expected a string in format principalType:principalName but got {}", user)
            );
        }
        users.emplace(user);
    }
    return users;
}

Authorizer::Authorizer(std::shared_ptr<const AclSet> acls, AuthorizerOptions options)
    : acls_(std::move(acls)), options_(std::move(options)) {}

AccessVerdict Authorizer::authorize(const AccessQuestion& question) const {
    using enum AccessVerdict::Reason;
    if (options_.super_users.contains(question.principal)) {
        return {true, super_user, nullptr};
    }
    const Acl* deciding = nullptr;
    bool has_rules = false;
    acls_->for_each_pattern(question.type, question.resource, [&](AclSet::Rules rules) {
        has_rules = true;
        return !look_for_denial(AclSet::for_principal(rules, question.principal), question, deciding) &&
               !look_for_denial(AclSet::for_principal(rules, every_principal), question, deciding);
    });
    if (deciding) {
        return {deciding->permission == Permission::allow, rule, deciding};
    }
    return has_rules ? AccessVerdict{false, rules_of_others, nullptr}
                     : AccessVerdict{options_.allow_everyone_if_no_acl_found, no_rules, nullptr};
}

AccessVerdict Authorizer::authorize_any(const AccessQuestion& question) const {
    // Kafka asks for this name first: super users, wildcards and the case without rules are answered by it.
    AccessQuestion named = question;
    named.resource = "hardcode";
    if (const AccessVerdict verdict = authorize(named); verdict.allowed) {
        return verdict;
    }
    using enum AccessVerdict::Reason;
    const RulesOfType rules{*acls_, question};
    PatternNames denied;
    const Acl* deciding = nullptr;
    const auto denies_all = [&](const Acl& acl) {
        deciding = &acl;
        denied.add(acl);
        return is_wildcard(acl);
    };
    if (rules.any_of(Permission::deny, denies_all)) {
        return {false, of_type, deciding};
    }
    const auto allows_some = [&](const Acl& acl) {
        deciding = &acl;
        return is_wildcard(acl) || !all_denied(acl, denied);
    };
    const bool allowed = rules.any_of(Permission::allow, allows_some);
    return {allowed, of_type, allowed ? deciding : nullptr};
}

}  // namespace barnabas
