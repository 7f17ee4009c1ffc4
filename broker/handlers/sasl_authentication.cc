#include "handlers/sasl_authentication.h"

#include <fmt/format.h>

#include <utility>

#include "common/events.h"
#include "handlers/broker.h"
#include "io/waiter.h"
#include "protocol/api_versions.h"
#include "protocol/sasl_authenticate.h"
#include "protocol/sasl_handshake.h"

namespace barnabas {

namespace {

constexpr std::size_t length_field = 4;

/// Of what a client said, as much as is shown.
constexpr std::size_t most_shown = 1000;

/// How long the session lasts: until a token expires, or the client has to authenticate again.
std::optional<std::chrono::milliseconds> lifetime_of(
    const SaslIdentity& identity, std::chrono::milliseconds max_reauth, Timestamp now
) {
    std::optional<std::chrono::milliseconds> lifetime;
    if (max_reauth.count() > 0) {
        lifetime = max_reauth;
    }
    if (identity.valid_until) {
        const std::chrono::milliseconds left = std::max(*identity.valid_until - now, std::chrono::milliseconds(0));
        lifetime = std::min(lifetime.value_or(left), left);
    }
    return lifetime;
}

std::chrono::milliseconds max_reauth_of(const RequestContext& context) {
    const auto mechanisms = context.broker.sasl.mechanisms(context.session.listener);
    const auto found = std::ranges::find(*mechanisms, context.session.sasl->mechanism, &SaslServer::Mechanism::name);
    return found != mechanisms->end() ? found->max_reauth : std::chrono::milliseconds(0);
}

SaslReply welcome(RequestContext& context, SaslIdentity identity) {
    Session& session = context.session;
    SaslState& state = *session.sasl;
    const auto lifetime = lifetime_of(identity, max_reauth_of(context), context.broker.clock.timestamp());
    const bool again = std::exchange(session.authenticated, true);
    session.principal = identity.principal();
    state.by_token = identity.by_token;
    state.exchange.reset();
    state.raw = false;
    state.expires = lifetime ? std::optional(later(context.arrived, *lifetime)) : std::nullopt;
    context.broker.sasl.count(session.listener, state.mechanism, {});
    event::debug(
        again ? "authenticated again" : "authenticated", {{"peer", session.peer},
                                                          {"listener", session.listener},
                                                          {"mechanism", state.mechanism},
                                                          {"principal", session.principal}}
    );
    return {std::nullopt, std::move(identity.to_client), lifetime.value_or(std::chrono::milliseconds(0))};
}

}  // namespace

Task<> tell_failure(RequestContext& context, std::string mechanism, SaslFailure failure) {
    const Session& session = context.session;
    event::warn_of_peer(
        session.peer, "authentication failed",
        {{"peer", session.peer},
         {"listener", session.listener},
         {"mechanism", mechanism},
         {"client", session.client_software_name},
         {"why", std::string_view(failure.reason).substr(0, most_shown)}}
    );
    context.broker.sasl.count(session.listener, mechanism, failure.kind);
    context.close_after = true;
    const auto delay = context.broker.config()->connection_failed_authentication_delay_ms;
    if (delay.count() > 0) {
        co_await Waiter::on(context.session.loop)->wait(later(context.broker.clock.now(), delay));
    }
}

Task<SaslReply> authenticate(RequestContext& context, BytesView from_client) {
    SaslState& state = *context.session.sasl;
    SaslStep step = state.exchange->step(from_client, context.broker.clock.timestamp());
    if (auto* challenge = std::get_if<SaslChallenge>(&step)) {
        co_return SaslReply{std::nullopt, std::move(challenge->to_client)};
    }
    SaslFailure failure;
    if (auto* identity = std::get_if<SaslIdentity>(&step)) {
        const Session& session = context.session;
        if (!session.authenticated || identity->principal() == session.principal) {
            co_return welcome(context, std::move(*identity));
        }
        failure.to_client = fmt::format(
            "Cannot change principals during re-authentication from {}: {} to {}: {}",
            session.principal.substr(0, session.principal.find(':')),
            session.principal.substr(session.principal.find(':') + 1), identity->principal_type, identity->name
        );
        failure.reason = fmt::format("{} wants to become {}", session.principal, identity->principal());
    } else {
        failure = std::get<SaslFailure>(std::move(step));
    }
    const std::string told = failure.to_client.substr(0, most_shown);
    co_await tell_failure(context, state.mechanism, std::move(failure));
    co_return SaslReply{told, {}};
}

Task<Expected<Answer>> serve_raw_token(RequestContext context, BytesView token) {
    SaslReply reply = co_await authenticate(context, token);
    if (reply.error) {
        co_return fail(ErrorCode::sasl_authentication_failed, "the authentication failed, as told above");
    }
    Payload frame;
    frame.bytes.resize(length_field);
    store_big_endian(frame.bytes.data(), static_cast<std::int32_t>(reply.bytes.size()));
    frame.bytes.insert(frame.bytes.end(), reply.bytes.begin(), reply.bytes.end());
    Answer answer;
    answer.frame = std::move(frame);
    co_return answer;
}

std::optional<Error> sasl_objection(const Session& session, std::int16_t api_key, Instant now) {
    const bool exchanging = session.sasl && session.sasl->exchange != nullptr;
    // Those that Kafka answers with an error here answer it themselves.
    if (exchanging && api_key != SaslAuthenticateRequest::api_key && api_key != SaslHandshakeRequest::api_key &&
        api_key != ApiVersionsRequest::api_key) {
        return Error{ErrorCode::illegal_sasl_state, "another request than SaslAuthenticate inside an authentication"};
    }
    if (session.authenticated && !exchanging && session.sasl && session.sasl->expires && now > *session.sasl->expires &&
        api_key != SaslHandshakeRequest::api_key) {
        return Error{
            ErrorCode::sasl_authentication_failed,
            fmt::format("the session of {} expired, and the client did not authenticate again", session.principal)
        };
    }
    return std::nullopt;
}

}  // namespace barnabas
