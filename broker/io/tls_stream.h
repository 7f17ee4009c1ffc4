#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "common/bytes.h"
#include "io/send.h"

struct ssl_st;

namespace barnabas {

/// TLS over a non-blocking stream socket. Nothing here waits: the owner waits until the socket is ready and calls
/// again. One thread at a time. The process must ignore SIGPIPE.
class TlsStream {
public:
    enum class Status : std::uint8_t {
        done,
        wants_read,   ///< call again when the socket can be read
        wants_write,  ///< call again when the socket can be written
        ended,        ///< the peer closed its side
        failed,       ///< OpenSSL's queue of errors of this thread, or `system_error`, tells why
    };
    struct Received {
        Status status;
        std::size_t size = 0;
    };

    /// Takes `connection`, made for a client or a server. The socket must outlive this.
    TlsStream(ssl_st* connection, int socket);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// One step of the handshake: what can be done without waiting.
    [[nodiscard]] Status shake_hands();

    /// Receives into `room`, which is not empty, as much as has come: done with at least one byte. What else there was
    /// comes up with the next call.
    [[nodiscard]] Received receive(MutableBytes room);
    /// The socket was found ready since the last call that wanted to read.
    void readable() { drained_ = false; }

    /// Encrypts and sends from the front of `pieces`, and drops there what it took. Returns how much that was. All is
    /// sent when `pieces` is empty and `has_unsent` is false; else the socket is full. Errors: errno; ENODATA when a
    /// file ends before its piece does, EPROTO when TLS has failed.
    [[nodiscard]] std::expected<std::size_t, int> send_some(std::span<SendPiece>& pieces);
    [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }

    /// Tells the peer that no more comes, as far as the socket takes it.
    void say_goodbye();

    [[nodiscard]] ssl_st& connection() const { return *connection_; }
    /// The first bytes that the peer sent, at most eight: to tell what it speaks instead.
    [[nodiscard]] BytesView first_bytes() const { return {first_bytes_, first_size_}; }
    [[nodiscard]] int system_error() const { return system_error_; }

private:
    struct Wire;
    struct Arrived;
    [[nodiscard]] Status status_of(int result);
    [[nodiscard]] bool flush();
    void remember(BytesView bytes);

    struct Free {
        void operator()(ssl_st* connection) const;
    };
    std::unique_ptr<ssl_st, Free> connection_;
    int socket_;
    int system_error_ = 0;
    bool drained_ = false;  ///< the last receive from the socket found less than it asked for
    bool ended_ = false;
    bool failed_ = false;
    std::uint8_t first_size_ = 0;
    std::byte first_bytes_[8];
    std::vector<std::byte> unsent_;             ///< encrypted, and not yet taken by the socket
    std::vector<std::byte>* gather_ = nullptr;  ///< where encrypted bytes go while `send_some` runs
    std::vector<std::byte> unread_;             ///< encrypted, and not yet taken by OpenSSL
    Arrived* arrived_ = nullptr;                ///< where received bytes are while a call runs
};

}  // namespace barnabas
