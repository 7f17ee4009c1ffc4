// RenewDelegationToken (API 39, KIP-48): puts the end of a token off, within the lifetime that it was made with.

#include "protocol/renew_delegation_token.h"

#include "handlers/delegation_tokens.h"

namespace barnabas {

Task<RenewDelegationTokenResponse> handle(RequestContext& context, RenewDelegationTokenRequest request) {
    const TokenEnd end = co_await move_end(context, request.hmac, request.renew_period_ms, renewed_end);
    RenewDelegationTokenResponse response;
    response.error_code = end.error_code;
    response.expiry_timestamp_ms = end.expires;
    co_return response;
}

}  // namespace barnabas
