#include "security/bearer_token.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "common/base64.h"

namespace barnabas {

namespace {

constexpr std::size_t largest_token = 64 * 1024;

using Claims = boost::json::object;
using Problem = std::unexpected<BearerProblem>;

Problem bad(std::string reason) {
    return Problem(BearerProblem{std::move(reason)});
}

/// A name from a token, short enough for a log line.
std::string_view shortened(std::string_view text) {
    return text.substr(0, 200);
}

struct TokenParts {
    Claims header;
    Claims claims;
    std::string_view signed_text;
    Bytes signature;
};

std::optional<Claims> read_part(std::string_view part) {
    const auto bytes = decode_base64(part, Base64::url_safe);
    if (!bytes) {
        return std::nullopt;
    }
    boost::json::error_code error;
    boost::json::value value = boost::json::parse({as_text(*bytes).data(), bytes->size()}, error);
    auto* object = value.if_object();
    return !error && object != nullptr ? std::optional(std::move(*object)) : std::nullopt;
}

std::optional<TokenParts> read_parts(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.find('.', first == std::string_view::npos ? first : first + 1);
    if (token.size() > largest_token || second == std::string_view::npos) {
        return std::nullopt;
    }
    auto header = read_part(token.substr(0, first));
    auto claims = read_part(token.substr(first + 1, second - first - 1));
    auto signature = decode_base64(token.substr(second + 1), Base64::url_safe);
    if (!header || !claims || !signature) {
        return std::nullopt;
    }
    return TokenParts{*std::move(header), *std::move(claims), token.substr(0, second), *std::move(signature)};
}

std::optional<std::string> text_claim(const Claims& claims, std::string_view key) {
    const auto* value = claims.if_contains(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::optional(std::string(text->data(), text->size())) : std::nullopt;
}

/// Seconds since 1970, which may have a fraction.
std::optional<Timestamp> time_claim(const Claims& claims, std::string_view key) {
    const auto* value = claims.if_contains(key);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    const double seconds = value->to_number<double>();
    constexpr double most = 253402300800.0;  // the year 10000
    if (!std::isfinite(seconds) || seconds < 0 || seconds > most) {
        return std::nullopt;
    }
    return Timestamp(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

/// A text, or a list of texts; a scope's text is parted at blanks.
std::optional<std::vector<std::string>> list_claim(const Claims& claims, std::string_view key, bool parted) {
    std::vector<std::string> texts;
    const auto* value = claims.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return texts;
    }
    if (const auto* list = value->if_array()) {
        for (const auto& each : *list) {
            if (!each.is_string()) {
                return std::nullopt;
            }
            texts.emplace_back(each.get_string().data(), each.get_string().size());
        }
        return texts;
    }
    const auto text = text_claim(claims, key);
    if (!text) {
        return std::nullopt;
    }
    for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view one = parted ? rest.substr(0, rest.find(' ')) : rest;
        if (!one.empty()) {
            texts.emplace_back(one);
        }
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
    return texts;
}

std::optional<BearerProblem> check_signature(const TokenParts& parts, const BearerRules& rules, const Jwks* keys) {
    const std::string algorithm = text_claim(parts.header, "alg").value_or("");
    if (!rules.signature) {
        return algorithm == "none" && parts.signature.empty()
                   ? std::nullopt
                   : std::optional(BearerProblem{"a signed token, and no sasl.oauthbearer.jwks.endpoint.url to check it"
                     });
    }
    const std::string key = text_claim(parts.header, "kid").value_or("");
    if (keys == nullptr) {
        return BearerProblem{
            .reason = "the keys of sasl.oauthbearer.jwks.endpoint.url are not there", .unknown_key = true
        };
    }
    if (parts.header.contains("crit")) {
        return BearerProblem{"the token's header has extensions that must be understood, and are not"};
    }
    if (!key.empty() && !keys->has_key(key)) {
        return BearerProblem{
            .reason = fmt::format("the token is signed with key '{}', which is not published", shortened(key)),
            .unknown_key = true
        };
    }
    if (!keys->verify(algorithm, key, parts.signed_text, parts.signature)) {
        return BearerProblem{fmt::format(
            "the token's signature ({}) is not by the published key '{}'", shortened(algorithm), shortened(key)
        )};
    }
    return std::nullopt;
}

std::optional<BearerProblem> check_times(const Claims& claims, const BearerRules& rules, Timestamp now) {
    const auto expires = time_claim(claims, "exp");
    const auto issued = time_claim(claims, "iat");
    if (!expires) {
        return BearerProblem{"the token does not tell when it expires (claim exp)"};
    }
    if (!issued && (rules.signature || claims.contains("iat"))) {
        return BearerProblem{"the token does not tell when it was issued (claim iat)"};
    }
    if (*expires + rules.skew <= now) {
        return BearerProblem{fmt::format(
            "the token expired {} s ago", std::chrono::duration_cast<std::chrono::seconds>(now - *expires).count()
        )};
    }
    if (issued && *issued > *expires) {
        return BearerProblem{"the token was issued (claim iat) after it expires (claim exp)"};
    }
    const auto begins = time_claim(claims, "nbf");
    for (const auto& begin : {begins, rules.signature ? std::nullopt : issued}) {
        if (begin && *begin - rules.skew > now) {
            return BearerProblem{"the token is not valid yet: do the clocks differ?"};
        }
    }
    return std::nullopt;
}

std::optional<BearerProblem> check_names(const Claims& claims, const BearerRules& rules) {
    if (rules.issuer && text_claim(claims, "iss") != rules.issuer) {
        return BearerProblem{fmt::format(
            "the token is issued by '{}', not by '{}'", shortened(text_claim(claims, "iss").value_or("")), *rules.issuer
        )};
    }
    if (!rules.audiences.empty()) {
        const auto audiences = list_claim(claims, "aud", false);
        const bool meant = audiences && std::ranges::any_of(*audiences, [&](const std::string& each) {
                               return std::ranges::find(rules.audiences, each) != rules.audiences.end();
                           });
        if (!meant) {
            return BearerProblem{fmt::format(
                "the token is for '{}', not for '{}'",
                shortened(fmt::format("{}", fmt::join(audiences.value_or(std::vector<std::string>()), ","))),
                fmt::join(rules.audiences, ",")
            )};
        }
    }
    return std::nullopt;
}

std::optional<BearerProblem> check_scope(const Claims& claims, const BearerRules& rules) {
    const auto scope = list_claim(claims, rules.scope_claim, true);
    if (!scope) {
        return BearerProblem{fmt::format("the token's claim {} is no text, nor a list of texts", rules.scope_claim)};
    }
    for (const std::string& needed : rules.required_scope) {
        if (std::ranges::find(*scope, needed) == scope->end()) {
            return BearerProblem{
                fmt::format("the token lacks the scope '{}'", needed), "insufficient_scope",
                fmt::format("{}", fmt::join(rules.required_scope, " "))
            };
        }
    }
    return std::nullopt;
}

}  // namespace

std::expected<BearerToken, BearerProblem> check_bearer_token(
    std::string_view token, const BearerRules& rules, const Jwks* keys, Timestamp now
) {
    const auto parts = read_parts(token);
    if (!parts) {
        return bad(fmt::format("a token of {} bytes is no JSON Web Token in its compact form", token.size()));
    }
    if (auto problem = check_signature(*parts, rules, keys)) {
        return Problem(*std::move(problem));
    }
    for (auto problem :
         {check_times(parts->claims, rules, now), check_names(parts->claims, rules), check_scope(parts->claims, rules)
         }) {
        if (problem) {
            return Problem(*std::move(problem));
        }
    }
    auto principal = text_claim(parts->claims, rules.principal_claim);
    if (!principal || principal->empty()) {
        return bad(fmt::format("the token names no principal (claim {})", rules.principal_claim));
    }
    return BearerToken{*std::move(principal), *time_claim(parts->claims, "exp")};
}

std::string unsecured_bearer_token(
    const std::vector<std::pair<std::string, std::string>>& claims, Timestamp now, std::chrono::seconds lifetime
) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    Claims object;
    for (const auto& [key, value] : claims) {
        object[key] = value;
    }
    object["iat"] = seconds;
    object["exp"] = seconds + lifetime.count();
    return fmt::format(
        "{}.{}.", encode_base64(as_bytes(R"({"alg":"none"})"), Base64::url_safe),
        encode_base64(as_bytes(boost::json::serialize(object)), Base64::url_safe)
    );
}

}  // namespace barnabas
