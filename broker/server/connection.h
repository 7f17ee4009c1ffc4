#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <vector>

#include "handlers/dispatch.h"
#include "io/send.h"
#include "io/socket.h"
#include "protocol/frame.h"
#include "server/connection_limits.h"
#include "server/request_memory.h"
#include "server/request_metrics.h"
#include "server/tls_session.h"

namespace barnabas {

/// What all connections of a server share. Outlives them.
struct ConnectionEnvironment {
    RequestProcessor& processor;
    RequestMemory& memory;
    const RequestMetrics& requests;
    std::size_t max_request_bytes;
};

/// One client's connection: one coroutine that receives a frame, serves it, sends the answer, and begins again. So
/// answers keep the order of requests, and a client that sends ahead, or reads slowly, holds one request and one
/// answer.
///
/// Small answers to requests that were received together are sent together. None of them waits for a request that
/// waits: when the coroutine is suspended, what was gathered goes out.
///
/// Belongs to one loop; every call is made there. Kept alive by its coroutine.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(
        const ConnectionEnvironment& environment, ListenerMetrics& metrics, Socket socket, Session session,
        ConnectionLimits::Place place
    );
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Speaks TLS. Before `run`.
    void encrypt(TlsHandshakes& handshakes, std::shared_ptr<const TlsContext> context);

    /// Serves until the client leaves or `close`. Started once.
    Task<> run();
    /// To be bound to the coroutine of `run`.
    [[nodiscard]] boost::asio::cancellation_slot cancellation() { return cancel_.slot(); }

    /// The client closed its side: a request that waits is cut short. What was received is still served.
    void peer_hung_up();
    /// Now and then: closes the connection when nothing moved since `idle_since`, frees memory it does not need.
    void check(Instant now, Instant idle_since);
    /// Ends the connection so that another may come: it was the least recently used.
    void make_room();
    /// Ends the connection; the request in service is cut short, and its answer sent if the socket takes it at once.
    void close();

    /// Before `run`.
    [[nodiscard]] ConnectionLimits::Place& place() { return place_; }
    [[nodiscard]] int socket() { return socket_.native_handle(); }

private:
    enum class Phase : std::uint8_t { shaking_hands, receiving, serving, sending, muted };

    Task<bool> shake_hands();
    Task<bool> receive_frame();
    [[nodiscard]] std::size_t wanted_memory() const;
    Task<bool> take_memory(std::size_t size);
    void give_memory_back();
    Task<bool> serve_frame();
    [[nodiscard]] bool may_gather(const Answer& answer) const;
    void gather(const Payload& frame);
    void send_gathered();
    Task<bool> send(const Payload& frame);
    [[nodiscard]] std::expected<std::size_t, int> send_pieces(std::span<SendPiece>& unsent);
    /// Whether something was encrypted that the socket has not taken yet.
    [[nodiscard]] bool has_unsent() const { return tls_ && tls_->stream().has_unsent(); }
    Task<> rest(std::chrono::milliseconds pause);
    void account(const Answer& answer, std::size_t request_bytes, Instant arrived);
    void cut_short_when_suspended();
    void complain(std::string_view what, std::string_view problem);
    void lost(std::string_view how);

    const ConnectionEnvironment& environment_;
    ListenerMetrics& metrics_;
    Socket socket_;
    std::shared_ptr<TlsSession> tls_;  ///< null in plaintext
    Session session_;
    ConnectionLimits::Place place_;
    FrameBuffer buffer_;
    std::vector<SendPiece> pieces_;
    Bytes gathered_;          ///< answers that are not yet sent
    bool gathering_ = false;  ///< `send_gathered` will come
    boost::asio::cancellation_signal cancel_;
    std::size_t memory_taken_ = 0;  ///< what the buffer has, where that is more than its base
    Instant last_moved_;
    Phase phase_ = Phase::receiving;
    bool moved_ = true;  ///< since the last check
    bool hung_up_ = false;
    bool closing_ = false;
};

}  // namespace barnabas
