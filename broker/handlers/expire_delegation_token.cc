// ExpireDelegationToken (API 40, KIP-48): has a token end after a period, or at once.

#include "protocol/expire_delegation_token.h"

#include "handlers/delegation_tokens.h"

namespace barnabas {

Task<ExpireDelegationTokenResponse> handle(RequestContext& context, ExpireDelegationTokenRequest request) {
    const TokenEnd end = co_await move_end(context, request.hmac, request.expiry_time_period_ms, wanted_end);
    ExpireDelegationTokenResponse response;
    response.error_code = end.error_code;
    response.expiry_timestamp_ms = end.expires;
    co_return response;
}

}  // namespace barnabas
