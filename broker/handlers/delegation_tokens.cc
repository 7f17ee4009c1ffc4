#include "handlers/delegation_tokens.h"

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/delegation_token_index.h"
#include "handlers/sasl_state.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

ErrorCode objection_to_tokens(const RequestContext& context) {
    const Session& session = context.session;
    const bool anonymous =
        session.security_protocol == SecurityProtocol::plaintext ||
        (session.security_protocol == SecurityProtocol::ssl && session.principal == "User:ANONYMOUS");
    if (anonymous || (session.sasl && session.sasl->by_token)) {
        return ErrorCode::delegation_token_request_not_allowed;
    }
    return token_secret(context.broker).empty() ? ErrorCode::delegation_token_auth_disabled : ErrorCode::none;
}

std::string token_secret(const Broker& broker) {
    return broker.config()->delegation_token_secret_key.value_or(Secret()).reveal();
}

TokenTimes token_times(const Broker& broker) {
    const auto config = broker.config();
    return {config->delegation_token_max_lifetime_ms, config->delegation_token_expiry_time_ms};
}

Task<TokenEnd> move_end(RequestContext& context, BytesView hmac, std::int64_t period, decltype(renewed_end)& rule) {
    if (const ErrorCode objection = objection_to_tokens(context); objection != ErrorCode::none) {
        co_return TokenEnd{objection, objection == ErrorCode::delegation_token_request_not_allowed ? -1 : 0};
    }
    const auto image = context.broker.metadata.image();
    const auto token = context.broker.delegation_tokens.find(image->security.delegation_tokens(), hmac);
    if (!token) {
        co_return TokenEnd{ErrorCode::delegation_token_not_found};
    }
    const TokenEnd end =
        rule(*token, context.session.principal, period, token_times(context.broker), context.broker.clock.timestamp());
    if (end.error_code != ErrorCode::none) {
        co_return end;
    }
    using Kind = DelegationTokenChangeRequest::Kind;
    DelegationTokenChangeRequest change{end.at_once ? Kind::remove : Kind::prolong, *token};
    change.token.expiration_timestamp = end.expires;
    const ErrorCode code = co_await change_token(context, std::move(change));
    co_return code == ErrorCode::none ? end : TokenEnd{code};
}

Task<ErrorCode> change_token(RequestContext& context, DelegationTokenChangeRequest change) {
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    const auto reply = co_await context.broker.controller.submit(std::move(change), 0, deadline);
    co_return reply ? reply->error_code : reply.error().code;
}

}  // namespace barnabas
