#include "io/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace barnabas {

namespace {

/// What is encrypted and sent at a time: four of TLS's records, which stay in the processor's cache.
constexpr std::size_t plain_chunk = std::size_t{64} * 1024;
/// Room for it with the records' headers and tags.
constexpr std::size_t cipher_chunk = plain_chunk + 4096;
/// So much is received at a time once the handshake is done. With room for a whole request of 256 KiB, fewer receives
/// cost a tenth more CPU in all: what is decrypted is no longer in the processor's cache.
constexpr std::size_t receive_chunk = std::size_t{64} * 1024;

/// Up to `plain_chunk` bytes from the front of `pieces`, dropped there; a view into `scratch`, or of memory where much
/// of it lies together. Errors: errno.
std::expected<BytesView, int> take_plain(std::span<SendPiece>& pieces, MutableBytes scratch) {
    std::size_t filled = 0;
    while (!pieces.empty() && filled < scratch.size()) {
        SendPiece& front = pieces.front();
        const std::size_t left = front.fd < 0 ? front.memory.size() : front.size;
        const std::size_t step = std::min(left, scratch.size() - filled);
        if (front.fd < 0 && filled == 0 && left >= scratch.size() / 2) {
            const BytesView direct = front.memory.first(step);
            front.memory = front.memory.subspan(step);
            return direct;
        }
        if (front.fd < 0) {
            std::memcpy(scratch.data() + filled, front.memory.data(), step);
            front.memory = front.memory.subspan(step);
            filled += step;
        } else if (step > 0) {
            const ssize_t got = pread(front.fd, scratch.data() + filled, step, front.offset);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                return std::unexpected(got == 0 ? ENODATA : errno);
            }
            front.offset += got;
            front.size -= static_cast<std::size_t>(got);
            filled += static_cast<std::size_t>(got);
        }
        if (front.fd < 0 ? front.memory.empty() : front.size == 0) {
            pieces = pieces.subspan(1);
        }
    }
    return BytesView(scratch.first(filled));
}

void drop_empty(std::span<SendPiece>& pieces) {
    while (!pieces.empty() && (pieces.front().fd < 0 ? pieces.front().memory.empty() : pieces.front().size == 0)) {
        pieces = pieces.subspan(1);
    }
}

}  // namespace

/// OpenSSL's view of the socket: reads go straight to it, writes are gathered.
struct TlsStream::Wire {
    static TlsStream& of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* to, std::size_t size, std::size_t* got) {
        TlsStream& stream = of(bio);
        BIO_clear_retry_flags(bio);
        *got = 0;
        if (stream.drained_) {
            BIO_set_retry_read(bio);
            return 0;
        }
        ssize_t received = 0;
        do {
            received = recv(stream.socket_, to, size, MSG_DONTWAIT);
        } while (received < 0 && errno == EINTR);
        if (received < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                stream.drained_ = true;
                BIO_set_retry_read(bio);
            } else {
                stream.system_error_ = errno;
            }
            return 0;
        }
        stream.ended_ = received == 0;
        *got = static_cast<std::size_t>(received);
        stream.drained_ = received > 0 && *got < size;
        stream.remember({reinterpret_cast<const std::byte*>(to), *got});
        return received > 0 ? 1 : 0;
    }

    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
        TlsStream& stream = of(bio);
        BIO_clear_retry_flags(bio);
        auto& to = stream.gather_ != nullptr ? *stream.gather_ : stream.unsent_;
        const auto* bytes = reinterpret_cast<const std::byte*>(from);
        to.insert(to.end(), bytes, bytes + size);
        *written = size;
        return 1;
    }

    static long control(BIO* bio, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : command == BIO_CTRL_EOF ? static_cast<long>(of(bio).ended_) : 0;
    }

    static BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of a loop");
            BIO_meth_set_read_ex(fresh, read);
            BIO_meth_set_write_ex(fresh, write);
            BIO_meth_set_ctrl(fresh, control);
            return fresh;
        }();
        return made;
    }
};

TlsStream::TlsStream(ssl_st* connection, int socket) : connection_(connection), socket_(socket) {
    BIO* bio = BIO_new(Wire::method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection, bio, bio);
}

TlsStream::~TlsStream() = default;

void TlsStream::Free::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

void TlsStream::remember(BytesView bytes) {
    const std::size_t more = std::min(bytes.size(), sizeof first_bytes_ - first_size_);
    std::memcpy(first_bytes_ + first_size_, bytes.data(), more);
    first_size_ = static_cast<std::uint8_t>(first_size_ + more);
}

/// True when nothing is left to be sent; else the socket is full, or `system_error_` is set.
bool TlsStream::flush() {
    std::size_t sent = 0;
    while (sent < unsent_.size()) {
        const ssize_t step = send(socket_, unsent_.data() + sent, unsent_.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (step < 0 && errno == EINTR) {
            continue;
        }
        if (step < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) {
                system_error_ = errno;
            }
            break;
        }
        sent += static_cast<std::size_t>(step);
    }
    if (sent == unsent_.size()) {
        unsent_ = {};
        return true;
    }
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(sent));
    return false;
}

TlsStream::Status TlsStream::status_of(int result) {
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_NONE:
            return Status::done;
        case SSL_ERROR_WANT_READ:
            return Status::wants_read;
        case SSL_ERROR_ZERO_RETURN:
            return Status::ended;
        case SSL_ERROR_SYSCALL:
            failed_ = true;
            return ended_ ? Status::ended : Status::failed;
        default:
            failed_ = true;
            return Status::failed;
    }
}

TlsStream::Status TlsStream::shake_hands() {
    ERR_clear_error();
    const Status status = status_of(SSL_do_handshake(connection_.get()));
    if (!unsent_.empty() && !flush()) {
        if (system_error_ != 0) {
            return Status::failed;
        }
        return status == Status::failed ? Status::failed : Status::wants_write;
    }
    if (status == Status::done) {
        SSL_set_default_read_buffer_len(connection_.get(), receive_chunk);
    }
    return status;
}

TlsStream::Received TlsStream::receive(MutableBytes room) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(connection_.get(), room.data(), room.size(), &size);
    if (unsent_.size() > receive_chunk) {
        return {Status::failed};  // a peer that asks and never takes the answers
    }
    if (!unsent_.empty()) {
        (void)flush();  // an answer to a change of keys; what the socket does not take goes with the next response
    }
    if (result == 1) {
        return {Status::done, size};
    }
    return {status_of(result)};
}

std::expected<std::size_t, int> TlsStream::send_some(std::span<SendPiece>& pieces) {
    thread_local std::array<std::byte, plain_chunk> scratch;
    thread_local std::vector<std::byte> encrypted;
    std::size_t total = 0;
    ERR_clear_error();
    drop_empty(pieces);
    while (unsent_.empty() || flush()) {
        if (pieces.empty()) {
            return total;
        }
        const auto plain = take_plain(pieces, scratch);
        if (!plain) {
            return std::unexpected(plain.error());
        }
        drop_empty(pieces);
        encrypted.clear();
        encrypted.reserve(cipher_chunk);
        gather_ = &encrypted;
        std::size_t written = 0;
        const int result = SSL_write_ex(connection_.get(), plain->data(), plain->size(), &written);
        gather_ = nullptr;
        if (result != 1) {
            failed_ = true;
            return std::unexpected(EPROTO);
        }
        total += written;
        ssize_t sent = send(socket_, encrypted.data(), encrypted.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            return std::unexpected(errno);
        }
        sent = std::max<ssize_t>(sent, 0);
        unsent_.assign(encrypted.begin() + sent, encrypted.end());
    }
    return system_error_ != 0 ? std::expected<std::size_t, int>(std::unexpected(system_error_)) : total;
}

void TlsStream::say_goodbye() {
    ERR_clear_error();
    if (!failed_ && system_error_ == 0 && SSL_is_init_finished(connection_.get()) == 1) {
        (void)SSL_shutdown(connection_.get());
        (void)flush();
    }
    ERR_clear_error();
}

}  // namespace barnabas
