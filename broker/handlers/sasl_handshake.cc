// SaslHandshake (API 17): the client names the mechanism it authenticates by. After version 0 its tokens come without
// headers, after version 1 in SaslAuthenticate (KIP-152). On a connection that has authenticated already it begins a
// re-authentication (KIP-368).

#include "protocol/sasl_handshake.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/sasl_authentication.h"

namespace barnabas {

namespace {

/// Kafka's bound against clients that do nothing else.
constexpr std::chrono::seconds between_reauthentications{1};

bool may_begin(const Session& session, Instant now) {
    if (!session.sasl) {
        return !session.authenticated;  // not on a listener without SASL
    }
    const SaslState& state = *session.sasl;
    const bool may_repeat = session.authenticated && state.expires && now - state.began >= between_reauthentications;
    return state.exchange == nullptr && may_repeat;
}

}  // namespace

Task<SaslHandshakeResponse> handle(RequestContext& context, SaslHandshakeRequest request) {
    Session& session = context.session;
    SaslHandshakeResponse response;
    const Instant now = context.arrived;
    if (!may_begin(session, now)) {
        response.error_code = ErrorCode::illegal_sasl_state;
        context.close_after = !session.authenticated || (session.sasl && session.sasl->exchange);
        co_return response;
    }
    const auto mechanisms = context.broker.sasl.mechanisms(session.listener);
    for (const auto& each : *mechanisms) {
        response.mechanisms.push_back(each.name);
    }
    const auto chosen = std::ranges::find(*mechanisms, request.mechanism, &SaslServer::Mechanism::name);
    const bool changes = session.sasl && session.sasl->mechanism != request.mechanism;
    if (chosen == mechanisms->end() || changes) {
        const std::string shown(request.mechanism.substr(0, 100));
        co_await tell_failure(
            context, chosen == mechanisms->end() ? "unsupported" : std::string(chosen->name),
            {{},
             chosen == mechanisms->end()
                 ? fmt::format("'{}' is not among sasl.enabled.mechanisms of the listener", shown)
                 : fmt::format("'{}' instead of {} when authenticating again", shown, session.sasl->mechanism),
             "mechanism"}
        );
        response.error_code = ErrorCode::unsupported_sasl_mechanism;
        co_return response;
    }
    if (!session.sasl) {
        session.sasl = std::make_shared<SaslState>();
    }
    session.sasl->mechanism = chosen->name;
    session.sasl->exchange = chosen->begin();
    session.sasl->raw = context.version == 0;
    session.sasl->began = now;
    co_return response;
}

}  // namespace barnabas
