#include "io/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "common/big_endian.h"
#include "io/socket.h"

namespace barnabas {

namespace {

constexpr std::size_t page = 4096;
/// Longer copies are made by an instruction (rep movsb) that on AMD's processors takes twenty times as long where the
/// target lies a few bytes behind the source within a page.
constexpr std::size_t short_copy = 2048;
constexpr std::size_t record = 16384;
/// What is encrypted and sent at a time, at most: it stays in the processor's cache, and the socket's work for each
/// send is spread over many of TLS's records.
constexpr std::size_t plain_chunk = 16 * record;
/// Room for it with the records' headers and tags.
constexpr std::size_t cipher_chunk = plain_chunk + 4096;
/// So much is received at a time: several records, which stay in the processor's cache until they are decrypted.
constexpr std::size_t receive_chunk = std::size_t{128} * 1024;
/// A peer that asks and never takes the answers is left when so much waits for it.
constexpr std::size_t most_unsent_answers = std::size_t{128} * 1024;

/// Calls `copy` with each piece of `from`: a record's beginning lies a few bytes behind its header.
void in_pieces(BytesView from, auto copy) {
    while (!from.empty()) {
        const BytesView part = from.first(std::min(short_copy, from.size()));
        copy(part);
        from = from.subspan(part.size());
    }
}

void append(BytesView from, std::vector<std::byte>& to) {
    in_pieces(from, [&](BytesView part) { to.insert(to.end(), part.begin(), part.end()); });
}

/// Where OpenSSL last put a record of this thread together, to which it copies what is sent, in one piece.
thread_local std::uintptr_t last_record = 0;

/// Where OpenSSL last received a record of this thread. What is in it, behind a header and in TLS 1.2 a nonce, it
/// copies to who reads.
thread_local std::uintptr_t last_received = 0;

/// How much OpenSSL should copy at once to `room`.
std::size_t copied_at_once(MutableBytes room) {
    constexpr std::size_t near = 128;
    const bool slow = (reinterpret_cast<std::uintptr_t>(room.data()) - last_received) % page < near;
    return slow ? std::min(short_copy, room.size()) : room.size();
}

/// `size` bytes of `memory` that lie half a page from where OpenSSL last put a record together.
MutableBytes away_from_last_record(MutableBytes memory, std::size_t size) {
    const auto start = reinterpret_cast<std::uintptr_t>(memory.data());
    return memory.subspan((last_record + page / 2 - start) % page, size);
}

/// How TLS cuts its stream: a type, a version and a length, then as many bytes.
namespace tls_record {
constexpr std::size_t header = 5;
constexpr std::size_t longest = header + record + 2048;

/// The size of the record that begins here: nothing while that is not known, 0 when this is no record.
std::optional<std::size_t> size_of(BytesView bytes) {
    if (bytes.size() < header) {
        return std::nullopt;
    }
    const auto type = std::to_integer<unsigned>(bytes[0]);
    const std::size_t size = header + load_big_endian<std::uint16_t>(bytes.data() + 3);
    return type >= 20 && type <= 23 && bytes[1] == std::byte{3} && size <= longest ? size : 0;
}
}  // namespace tls_record

/// Memory for what begins and ends in one call; a thread that never asks for it has none.
template <std::size_t size, class User>
MutableBytes memory_of_thread() {
    thread_local const auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
    return {memory.get(), size};
}

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

/// What was received and is not yet decrypted. While a call of `TlsStream` runs it lies in memory of the thread, which
/// stays in the cache; between two calls only what is left has memory.
struct TlsStream::Arrived {
    Arrived(TlsStream& stream, std::size_t wanted)
        : stream_(stream),
          bytes_(memory_of_thread<receive_chunk, Arrived>()),
          // What is wanted, headers and tags, and a record that was begun.
          most_(std::min(receive_chunk, wanted + wanted / 64 + tls_record::longest)),
          end_(stream.unread_.size()) {
        std::ranges::copy(stream.unread_, bytes_.begin());
        stream.unread_ = {};
        stream.arrived_ = this;
    }
    ~Arrived() {
        stream_.arrived_ = nullptr;
        const BytesView rest = held();
        stream_.unread_.assign(rest.begin(), rest.end());
    }
    Arrived(const Arrived&) = delete;
    Arrived& operator=(const Arrived&) = delete;

    /// What OpenSSL may have now: up to the end of the record that comes first, once that is here as a whole. OpenSSL
    /// would move what is behind it to the front of its own memory, for each record again.
    [[nodiscard]] BytesView ready() const {
        if (rest_of_record_ > 0) {
            return held().first(rest_of_record_);
        }
        const auto size = tls_record::size_of(held());
        return !size || *size > held().size() ? BytesView{} : held().first(*size == 0 ? held().size() : *size);
    }
    void take(std::size_t size) {
        rest_of_record_ = ready().size() - size;
        begin_ += size;
    }

    /// As recv.
    [[nodiscard]] ssize_t receive() {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
        const std::size_t room = most_ - end_;
        ssize_t got = 0;
        do {
            got = recv(stream_.socket_, bytes_.data() + end_, room, MSG_DONTWAIT);
        } while (got < 0 && errno == EINTR);
        const std::size_t size = got > 0 ? static_cast<std::size_t>(got) : 0;
        stream_.remember(BytesView(bytes_).subspan(end_, size));
        stream_.drained_ = got > 0 && size < room;
        end_ += size;
        return got;
    }

private:
    [[nodiscard]] BytesView held() const { return BytesView(bytes_).subspan(begin_, end_ - begin_); }

    TlsStream& stream_;
    const MutableBytes bytes_;
    const std::size_t most_;
    std::size_t begin_ = 0;
    std::size_t end_;
    std::size_t rest_of_record_ = 0;
};

/// OpenSSL's view of the socket: reads give it record by record, writes are gathered.
struct TlsStream::Wire {
    static TlsStream& of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* to, std::size_t size, std::size_t* got) {
        TlsStream& stream = of(bio);
        BIO_clear_retry_flags(bio);
        *got = 0;
        if (stream.arrived_ == nullptr) {
            BIO_set_retry_read(bio);
            return 0;
        }
        while (stream.arrived_->ready().empty()) {
            const ssize_t received = stream.drained_ ? -1 : stream.arrived_->receive();
            if (received > 0) {
                continue;
            }
            stream.ended_ = stream.ended_ || received == 0;
            if (stream.drained_ || (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) {
                stream.drained_ = true;
                BIO_set_retry_read(bio);
            } else if (received < 0) {
                stream.system_error_ = errno;
            }
            return 0;
        }
        *got = std::min(size, stream.arrived_->ready().size());
        last_received = reinterpret_cast<std::uintptr_t>(to);
        in_pieces(stream.arrived_->ready().first(*got), [&to](BytesView part) {
            std::memcpy(to, part.data(), part.size());
            to += part.size();
        });
        stream.arrived_->take(*got);
        return 1;
    }

    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
        TlsStream& stream = of(bio);
        BIO_clear_retry_flags(bio);
        const BytesView bytes(reinterpret_cast<const std::byte*>(from), size);
        last_record = reinterpret_cast<std::uintptr_t>(from);
        append(bytes, stream.gather_ != nullptr ? *stream.gather_ : stream.unsent_);
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
    const Arrived arrived(*this, receive_chunk);
    const Status status = status_of(SSL_do_handshake(connection_.get()));
    if (!unsent_.empty() && !flush()) {
        if (system_error_ != 0) {
            return Status::failed;
        }
        return status == Status::failed ? Status::failed : Status::wants_write;
    }
    return status;
}

TlsStream::Received TlsStream::receive(MutableBytes room) {
    if (failed_) {
        return {ended_ ? Status::ended : Status::failed};
    }
    ERR_clear_error();
    const Arrived arrived(*this, room.size());
    std::size_t filled = 0;
    int result = 1;
    while (result == 1 && filled < room.size()) {
        std::size_t size = 0;
        const MutableBytes rest = room.subspan(filled);
        result = SSL_read_ex(connection_.get(), rest.data(), copied_at_once(rest), &size);
        filled += size;
    }
    const Status status = result == 1 ? Status::done : status_of(result);
    if (unsent_.size() > most_unsent_answers) {
        return {Status::failed};
    }
    if (!unsent_.empty()) {
        (void)flush();  // an answer to a change of keys; what the socket does not take goes with the next response
    }
    return filled > 0 ? Received{Status::done, filled} : Received{status};
}

std::expected<std::size_t, int> TlsStream::send_some(std::span<SendPiece>& pieces) {
    const MutableBytes memory = memory_of_thread<plain_chunk + page, TlsStream>();
    thread_local std::vector<std::byte> encrypted;
    std::size_t total = 0;
    ERR_clear_error();
    drop_empty(pieces);
    while (unsent_.empty() || flush()) {
        if (pieces.empty()) {
            return total;
        }
        // What the socket does not take has to be kept.
        const std::size_t chunk = std::clamp(send_room(socket_), record, plain_chunk);
        const auto plain = take_plain(pieces, away_from_last_record(memory, chunk));
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
