#include "security/sasl_plain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/utf8.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

std::vector<std::string_view> split_at_zeros(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find('\0');
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos || parts.size() > 3) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

SaslFailure malformed(std::string words) {
    return {words, words, "message"};
}

}  // namespace

SaslStep PlainExchange::step(BytesView from_client, Timestamp) {
    const auto parts = split_at_zeros(as_text(from_client));
    if (parts.size() != 3) {
        return malformed(fmt::format("Invalid SASL/PLAIN response: expected 3 tokens, got {}", parts.size()));
    }
    const auto [authorization, user, password] = std::tuple(parts[0], parts[1], parts[2]);
    if (user.empty()) {
        return malformed("Authentication failed: username not specified");
    }
    if (password.empty()) {
        return malformed("Authentication failed: password not specified");
    }
    const auto known = users_->find(user);
    const bool exists = known != users_->end();
    const bool matches = equal_secrets(as_bytes(exists ? std::string_view(known->second) : "?"), as_bytes(password));
    if (!exists || !matches) {
        return SaslFailure{
            "Authentication failed: Invalid username or password",
            fmt::format("user '{}': {}", user, exists ? "wrong password" : "there is no such user in sasl.jaas.config")
        };
    }
    if (!authorization.empty() && authorization != user) {
        return SaslFailure{
            "Authentication failed: Client requested an authorization id that is different from username",
            fmt::format("user '{}' wants to be '{}'", user, authorization)
        };
    }
    return SaslIdentity{.to_client = {}, .name = std::string(user)};
}

}  // namespace barnabas
