#include "security/principal_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

namespace {

constexpr std::string_view rule_mark = "RULE:";
constexpr std::string_view default_rule = "DEFAULT";

void skip_blanks(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t\n\v\f\r")));
}

/// Takes the text before the next slash that has no backslash before it, and the slash; nothing when there is none.
std::optional<std::string_view> take_to_slash(std::string_view& rest) {
    for (std::size_t i = 0; i < rest.size(); i += rest[i] == '\\' ? 2 : 1) {
        if (rest[i] == '/') {
            const std::string_view taken = rest.substr(0, i);
            rest.remove_prefix(i + 1);
            return taken;
        }
    }
    return std::nullopt;
}

std::unexpected<Error> invalid_rule(std::string_view rule) {
    return fail(
        ErrorCode::invalid_config,
        fmt::format("Invalid rule: `{}`; a rule is DEFAULT or RULE:pattern/replacement/ with L or U after it", rule)
    );
}

}  // namespace

Expected<PrincipalRules> PrincipalRules::parse(std::string_view rules) {
    PrincipalRules made;
    std::string_view rest = rules;
    for (skip_blanks(rest); !rest.empty(); skip_blanks(rest)) {
        if (rest.front() == ',') {
            rest.remove_prefix(1);
            continue;
        }
        const std::string_view rule = rest;
        auto read = take_rule(rest);
        if (!read) {
            return std::unexpected(read.error());
        }
        skip_blanks(rest);
        if (!rest.empty() && rest.front() != ',') {
            return invalid_rule(rule);
        }
        made.rules_.push_back(std::move(*read));
    }
    return made;
}

Expected<PrincipalRules::Rule> PrincipalRules::take_rule(std::string_view& rest) {
    const std::string_view all = rest;
    if (rest.starts_with(default_rule)) {
        rest.remove_prefix(default_rule.size());
        return Rule();
    }
    if (!rest.starts_with(rule_mark)) {
        return invalid_rule(all);
    }
    rest.remove_prefix(rule_mark.size());
    const auto pattern = take_to_slash(rest);
    const auto replacement = pattern ? take_to_slash(rest) : std::nullopt;
    if (!replacement) {
        return invalid_rule(all);
    }
    auto made = RegexReplacement::parse(*pattern, *replacement);
    if (!made) {
        return fail(made.error().code, fmt::format("Invalid rule: `{}`: {}", all, made.error().detail));
    }
    Rule rule{std::move(*made), Case::kept};
    if (rest.starts_with('L') || rest.starts_with('U')) {
        rule.letters = rest.front() == 'L' ? Case::lower : Case::upper;
        rest.remove_prefix(1);
    }
    return rule;
}

Expected<std::string> PrincipalRules::name_of(std::string_view distinguished_name) const {
    for (const Rule& rule : rules_) {
        if (!rule.replacement) {
            return std::string(distinguished_name);
        }
        if (rule.replacement->matches_all_of(distinguished_name)) {
            return with_case(rule.replacement->replace_all(distinguished_name), rule.letters);
        }
    }
    return fail(
        ErrorCode::sasl_authentication_failed,
        fmt::format("no rule of ssl.principal.mapping.rules applies to {}", distinguished_name)
    );
}

Expected<std::string> PrincipalRules::with_case(std::string name, Case letters) {
    if (letters == Case::kept) {
        return name;
    }
    if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) > 127; })) {
        return fail(
            ErrorCode::sasl_authentication_failed,
            fmt::format("a rule with L or U changes the case of ASCII letters only, and {} has others", name)
        );
    }
    for (char& c : name) {
        if (letters == Case::lower && c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        } else if (letters == Case::upper && c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    return name;
}

}  // namespace barnabas
