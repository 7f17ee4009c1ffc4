#pragma once

#include <functional>

#include "security/bearer_token.h"
#include "security/sasl_exchange.h"

namespace barnabas {

/// OAUTHBEARER (RFC 7628). A token that is not good is told in a challenge; the client then sends one byte, and gets
/// the failure.
class OauthbearerExchange final : public SaslExchange {
public:
    using CheckToken = std::function<std::expected<BearerToken, BearerProblem>(std::string_view token, Timestamp now)>;

    explicit OauthbearerExchange(CheckToken check) : check_(std::move(check)) {}

    [[nodiscard]] SaslStep step(BytesView from_client, Timestamp now) override;

private:
    CheckToken check_;
    std::string told_;  ///< the challenge, once a token was not good
    std::string reason_;
};

/// The token and the authorization id of a client's first message.
struct OauthbearerMessage {
    std::string authorization;
    std::string token;
};
[[nodiscard]] std::optional<OauthbearerMessage> parse_oauthbearer(std::string_view text);

}  // namespace barnabas
