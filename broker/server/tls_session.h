#pragma once

#include <memory>
#include <optional>
#include <tuple>

#include "handlers/request_context.h"
#include "io/socket.h"
#include "io/tls_stream.h"
#include "security/tls_context.h"
#include "server/tls_handshakes.h"

namespace barnabas {

/// The TLS of one connection. Used on the connection's loop; the socket outlives it.
class TlsSession : public std::enable_shared_from_this<TlsSession> {
public:
    TlsSession(TlsHandshakes& handshakes, std::shared_ptr<const TlsContext> context, Socket& socket);

    /// Until both sides have agreed: nothing then, else why not. Ends early when the connection is cancelled.
    Task<std::optional<TlsFailure>> shake_hands(EventLoop& loop);

    /// After a failure: waits a moment until the peer has read why, and thrown its end away. Who closes while bytes are
    /// unread takes back what was sent last.
    Task<> part(EventLoop& loop);

    /// As the socket's async_receive, but of what was encrypted.
    Task<std::tuple<boost::system::error_code, std::size_t>> receive(MutableBytes room);

    [[nodiscard]] TlsStream& stream() { return stream_; }

    /// Counts the handshake, and why it failed.
    void count(const std::string& listener, const std::optional<TlsFailure>& failure);

    /// What is known of the peer, once hands are shaken.
    [[nodiscard]] TlsPeer peer() const;
    /// "User:...", by the listener's mapping rules. Errors: sasl_authentication_failed.
    [[nodiscard]] Expected<std::string> principal() const { return context_->principal_of(stream_.connection()); }

private:
    void give_up(TlsFailureReason why);
    [[nodiscard]] TlsFailure given_up() const;

    TlsHandshakes& handshakes_;
    std::shared_ptr<const TlsContext> context_;
    Socket& socket_;
    TlsStream stream_;
    std::optional<TlsFailureReason> given_up_;
    std::uint32_t receives_ = 0;
};

}  // namespace barnabas
