// SaslAuthenticate (API 36): a message of the mechanism that SaslHandshake named. Version 1 tells how long the session
// lasts (KIP-368).

#include "protocol/sasl_authenticate.h"

#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/sasl_authentication.h"

namespace barnabas {

Task<SaslAuthenticateResponse> handle(RequestContext& context, SaslAuthenticateRequest request) {
    SaslAuthenticateResponse response;
    Session& session = context.session;
    if (!session.sasl || !session.sasl->exchange) {
        if (!session.authenticated) {
            context.close = Error{ErrorCode::illegal_sasl_state, "SaslAuthenticate before SaslHandshake"};
        }
        response.error_code = ErrorCode::illegal_sasl_state;
        response.error_message = "SaslAuthenticate request received after successful authentication";
        co_return response;
    }
    SaslReply reply = co_await authenticate(context, request.auth_bytes);
    if (reply.error) {
        response.error_code = ErrorCode::sasl_authentication_failed;
        response.error_message = *std::move(reply.error);
        co_return response;
    }
    response.error_message = "";
    response.auth_bytes = std::move(reply.bytes);
    response.session_lifetime_ms = reply.lifetime.count();
    co_return response;
}

}  // namespace barnabas
