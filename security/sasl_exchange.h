#pragma once

#include <optional>
#include <string>
#include <variant>

#include "common/bytes.h"
#include "common/clock.h"

namespace barnabas {

/// The client shall answer this.
struct SaslChallenge {
    Bytes to_client;
};

/// The client is who it says, and hears so by `to_client` (which may be empty).
struct SaslIdentity {
    Bytes to_client;
    std::string principal_type = "User";
    std::string name;
    bool by_token = false;                                ///< by a delegation token, whose owner `name` is
    std::optional<Timestamp> valid_until = std::nullopt;  ///< of a token; nothing is for as long as the server likes

    /// "User:alice".
    [[nodiscard]] std::string principal() const { return principal_type + ":" + name; }
};

/// The client is not let in. What it is told is no more than Kafka tells; `reason` is for the log and names the user
/// where there is one, and never a secret.
struct SaslFailure {
    std::string to_client;
    std::string reason;
    std::string_view kind = "credentials";  ///< for metrics: credentials, message, token, mechanism, server
};

using SaslStep = std::variant<SaslChallenge, SaslIdentity, SaslFailure>;

/// The server's side of one authentication: messages in, messages and a verdict out. After an identity or a failure it
/// is not asked again.
class SaslExchange {
public:
    virtual ~SaslExchange() = default;
    [[nodiscard]] virtual SaslStep step(BytesView from_client, Timestamp now) = 0;
};

/// What Kafka tells a client whose credentials are wrong in whichever way.
[[nodiscard]] inline std::string invalid_credentials(std::string_view mechanism) {
    return "Authentication failed during authentication due to invalid credentials with SASL mechanism " +
           std::string(mechanism);
}

}  // namespace barnabas
