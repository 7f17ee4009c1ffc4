#include "security/sasl_oauthbearer.h"

#include <fmt/format.h>

#include <algorithm>

#include "security/scram_message.h"

namespace barnabas {

namespace {

constexpr char separator = '\x01';

/// Of keys that are written as JSON: they have no character that would need an escape.
std::string as_challenge(const BearerProblem& problem) {
    return problem.scope.empty() ? fmt::format(R"({{"status":"{}"}})", problem.status)
                                 : fmt::format(R"({{"status":"{}", "scope":"{}"}})", problem.status, problem.scope);
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

std::optional<OauthbearerMessage> parse_oauthbearer(std::string_view text) {
    OauthbearerMessage message;
    const auto header_end = text.find(separator);
    if (header_end == std::string_view::npos || !text.ends_with("\x01\x01")) {
        return std::nullopt;
    }
    std::string_view header = text.substr(0, header_end);
    if (!header.starts_with("n,") || !header.ends_with(',') || header.size() < 3) {
        return std::nullopt;
    }
    header = header.substr(2, header.size() - 3);
    if (!header.empty()) {
        auto name = header.starts_with("a=") ? from_sasl_name(header.substr(2)) : std::nullopt;
        if (!name) {
            return std::nullopt;
        }
        message.authorization = *std::move(name);
    }
    std::string_view pairs = text.substr(header_end + 1);
    pairs.remove_suffix(1);
    for (; !pairs.empty(); pairs.remove_prefix(pairs.find(separator) + 1)) {
        const std::string_view pair = pairs.substr(0, pairs.find(separator));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            return std::nullopt;
        }
        if (pair.substr(0, equals) == "auth") {
            const std::string_view value = pair.substr(equals + 1);
            constexpr std::string_view scheme = "bearer ";
            if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) {
                return std::nullopt;
            }
            message.token = value.substr(scheme.size());
        }
    }
    return message.token.empty() ? std::nullopt : std::optional(std::move(message));
}

SaslStep OauthbearerExchange::step(BytesView from_client, Timestamp now) {
    const std::string_view text = as_text(from_client);
    if (!told_.empty() && text == std::string_view(&separator, 1)) {
        return SaslFailure{told_, reason_, "token"};
    }
    const auto message = parse_oauthbearer(text);
    if (!message) {
        return SaslFailure{
            invalid_credentials("OAUTHBEARER"), "the client's message is none of OAUTHBEARER", "message"
        };
    }
    auto token = check_(message->token, now);
    if (!token) {
        told_ = as_challenge(token.error());
        reason_ = std::move(token.error().reason);
        return SaslChallenge{copy(as_bytes(told_))};
    }
    if (!message->authorization.empty() && message->authorization != token->principal) {
        return SaslFailure{
            fmt::format(
                "Authentication failed: Client requested an authorization id ({}) that is different from the token's "
                "principal name ({})",
                message->authorization, token->principal
            ),
            fmt::format("'{}' wants to be '{}'", token->principal, message->authorization), "credentials"
        };
    }
    return SaslIdentity{.to_client = {}, .name = std::move(token->principal), .valid_until = token->expires};
}

}  // namespace barnabas
