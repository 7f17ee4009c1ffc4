#pragma once

#include <memory>
#include <string>

#include "controller/delegation_token_requests.h"
#include "handlers/delegation_token_rules.h"
#include "handlers/dispatch.h"

namespace barnabas {

/// Why a request about delegation tokens is refused whoever asks: over a connection that is anonymous, or that a token
/// has opened, or where there are no tokens.
[[nodiscard]] ErrorCode objection_to_tokens(const RequestContext& context);

/// `delegation.token.secret.key`; empty when there are no tokens.
[[nodiscard]] std::string token_secret(const Broker& broker);

[[nodiscard]] TokenTimes token_times(const Broker& broker);

/// Puts the end of the token with this HMAC where `rule` says, renewed_end or wanted_end.
[[nodiscard]] Task<TokenEnd> move_end(
    RequestContext& context, BytesView hmac, std::int64_t period, decltype(renewed_end)& rule
);

/// Asks the controller. The code of the whole.
[[nodiscard]] Task<ErrorCode> change_token(RequestContext& context, DelegationTokenChangeRequest change);

}  // namespace barnabas
