#pragma once

#include "handlers/dispatch.h"
#include "handlers/sasl_server.h"
#include "handlers/sasl_state.h"

namespace barnabas {

/// What a message of an exchange came to, for the client.
struct SaslReply {
    std::optional<std::string> error;  ///< the authentication failed, and the connection shall be closed
    Bytes bytes;
    std::chrono::milliseconds lifetime{0};  ///< of the session, when it ends by itself
};

/// Gives the client's message to the connection's exchange, which must be there, and makes the session what comes out.
/// A failure comes late, as `connection.failed.authentication.delay.ms` wants it.
[[nodiscard]] Task<SaslReply> authenticate(RequestContext& context, BytesView from_client);

/// Logs and counts the failure, waits, and has the connection closed after the answer.
[[nodiscard]] Task<> tell_failure(RequestContext& context, std::string mechanism, SaslFailure failure);

/// A token without a header, after SaslHandshake version 0.
[[nodiscard]] Task<Expected<Answer>> serve_raw_token(RequestContext context, BytesView token);

/// Why a request with this key is not served in this state of the connection; nothing when it is.
[[nodiscard]] std::optional<Error> sasl_objection(const Session& session, std::int16_t api_key, Instant now);

}  // namespace barnabas
