#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "security/jwks.h"

namespace barnabas {

/// What a token (a JWT in the compact form of RFC 7515) must be.
struct BearerRules {
    bool signature = true;  ///< without: only tokens that are not signed ("alg":"none"), which prove nothing
    std::string principal_claim = "sub";
    std::string scope_claim = "scope";
    std::vector<std::string> audiences = {};  ///< of which it names one; none: whatever it names
    std::optional<std::string> issuer = std::nullopt;
    std::vector<std::string> required_scope = {};
    std::chrono::seconds skew{0};

    bool operator==(const BearerRules&) const = default;
};

struct BearerToken {
    std::string principal;
    Timestamp expires;
};

struct BearerProblem {
    std::string reason;                    ///< for the log; shows names and times of the token, not the token
    std::string status = "invalid_token";  ///< RFC 6750
    std::string scope = {};                ///< that is missing
    bool unknown_key = false;              ///< it may have been published since
};

/// Without `keys` no signed token is good. At most 64 KiB are looked at.
[[nodiscard]] std::expected<BearerToken, BearerProblem> check_bearer_token(
    std::string_view token, const BearerRules& rules, const Jwks* keys, Timestamp now
);

/// A token that is not signed, as Kafka's clients make for tests: these text claims, and when it was made and ends.
[[nodiscard]] std::string unsecured_bearer_token(
    const std::vector<std::pair<std::string, std::string>>& claims, Timestamp now, std::chrono::seconds lifetime
);

}  // namespace barnabas
