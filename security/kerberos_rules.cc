#include "security/kerberos_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace barnabas {

namespace {

std::unexpected<Error> bad_kerberos_rule(std::string_view rule, std::string_view why) {
    return fail(
        ErrorCode::invalid_config,
        fmt::format("Invalid rule: `{}`: {}; a rule is DEFAULT or RULE:[1:$1@$0](pattern)s/from/to/", rule, why)
    );
}

/// "$0" is the realm, "$1" the primary, "$2" the instance.
std::string filled(std::string_view format, const KerberosName& name, std::string_view realm) {
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const char next = format[i] == '$' && i + 1 < format.size() ? format[i + 1] : '\0';
        if (next < '0' || next > '2') {
            text += format[i];
            continue;
        }
        text += next == '0' ? realm : std::string_view(next == '1' ? name.primary : name.instance);
        ++i;
    }
    return text;
}

}  // namespace

std::optional<KerberosName> KerberosName::parse(std::string_view text) {
    const auto at = text.rfind('@');
    const std::string_view name = text.substr(0, at);
    const auto slash = name.find('/');
    KerberosName parsed{
        std::string(name.substr(0, slash)),
        slash == std::string_view::npos ? std::string() : std::string(name.substr(slash + 1)),
        at == std::string_view::npos ? std::string() : std::string(text.substr(at + 1))
    };
    const bool sound = !parsed.primary.empty() && name.find('@') == std::string_view::npos &&
                       parsed.instance.find('/') == std::string::npos;
    return sound ? std::optional(std::move(parsed)) : std::nullopt;
}

Expected<KerberosRules> KerberosRules::parse(const std::vector<std::string>& rules) {
    KerberosRules made;
    for (const std::string& text : rules) {
        auto rule = parse_rule(text);
        if (!rule) {
            return std::unexpected(std::move(rule.error()));
        }
        made.rules_.push_back(*std::move(rule));
    }
    return made;
}

Expected<KerberosRules::Rule> KerberosRules::parse_rule(std::string_view text) {
    Rule rule;
    if (text == "DEFAULT") {
        return rule;
    }
    static const re2::RE2 shape(R"(RULE:\[([12]):([^\]]*)\](?:\(([^)]*)\))?(?:(s)/([^/]*)/([^/]*)/(g)?)?/?([LU])?)");
    int parts = 0;
    std::string match;
    std::string substitutes;
    std::string from;
    std::string to;
    std::string every;
    std::string letters;
    if (!re2::RE2::FullMatch(
            re2::StringPiece(text.data(), text.size()), shape, &parts, &rule.format, &match, &substitutes, &from, &to,
            &every, &letters
        )) {
        return bad_kerberos_rule(text, "it has not that form");
    }
    rule.parts = static_cast<std::size_t>(parts);
    rule.every = !every.empty();
    rule.letters = letters.empty() ? Letters::kept : letters == "L" ? Letters::lower : Letters::upper;
    if (!match.empty()) {
        auto made = RegexReplacement::parse(match, "");
        if (!made) {
            return bad_kerberos_rule(text, made.error().detail);
        }
        rule.match = *std::move(made);
    }
    if (!substitutes.empty()) {
        auto made = RegexReplacement::parse(from, to);
        if (!made) {
            return bad_kerberos_rule(text, made.error().detail);
        }
        rule.replacement = *std::move(made);
    }
    return rule;
}

std::optional<std::string> KerberosRules::Rule::apply(const KerberosName& name, std::string_view default_realm) const {
    const std::string_view realm = name.realm.empty() ? default_realm : std::string_view(name.realm);
    if (parts == 0) {
        return realm == default_realm ? std::optional(name.primary) : std::nullopt;
    }
    if (parts != (name.instance.empty() ? 1u : 2u)) {
        return std::nullopt;
    }
    std::string text = filled(format, name, realm);
    if (match && !match->matches_all_of(text)) {
        return std::nullopt;
    }
    if (replacement) {
        text = every ? replacement->replace_all(text) : replacement->replace_first(text);
    }
    for (char& c : text) {
        if (letters == Letters::lower && c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        } else if (letters == Letters::upper && c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    return text;
}

Expected<std::string> KerberosRules::name_of(const KerberosName& name, std::string_view default_realm) const {
    const std::string shown = fmt::format(
        "{}{}{}@{}", name.primary, name.instance.empty() ? "" : "/", name.instance,
        name.realm.empty() ? default_realm : std::string_view(name.realm)
    );
    for (const Rule& rule : rules_) {
        auto made = rule.apply(name, default_realm);
        if (!made) {
            continue;
        }
        if (made->empty() || made->find_first_of("/@") != std::string::npos) {
            return fail(
                ErrorCode::sasl_authentication_failed,
                fmt::format(
                    "sasl.kerberos.principal.to.local.rules make '{}' of {}, which is no short name", *made, shown
                )
            );
        }
        return *std::move(made);
    }
    return fail(
        ErrorCode::sasl_authentication_failed,
        fmt::format("no rule of sasl.kerberos.principal.to.local.rules applies to {}", shown)
    );
}

}  // namespace barnabas
