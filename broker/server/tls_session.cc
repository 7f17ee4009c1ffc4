#include "server/tls_session.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "io/waiter.h"

namespace barnabas {

namespace {

/// After so many receives without a wait the other connections of the loop get their turn.
constexpr std::uint32_t receives_a_turn = 32;

/// How long, and for how many receives, a peer is heard that was refused.
constexpr std::chrono::milliseconds longest_parting{500};
constexpr int most_parting_receives = 16;

}  // namespace

TlsSession::TlsSession(TlsHandshakes& handshakes, std::shared_ptr<const TlsContext> context, Socket& socket)
    : handshakes_(handshakes),
      context_(std::move(context)),
      socket_(socket),
      stream_(context_->accept().release(), socket.native_handle()) {}

void TlsSession::give_up(TlsFailureReason why) {
    if (!given_up_) {
        given_up_ = why;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

TlsFailure TlsSession::given_up() const {
    if (given_up_ == TlsFailureReason::timed_out) {
        return {
            TlsFailureReason::timed_out,
            fmt::format("the handshake was not finished within {} ms", handshakes_.longest().count()), "",
            "see what the client waits for; barnabas.tls.handshake.timeout.ms says how long we do"
        };
    }
    return {
        TlsFailureReason::crowded_out, "others came, and barnabas.tls.handshakes.max were in progress", "",
        "find out who opens so many connections, or raise it"
    };
}

Task<std::optional<TlsFailure>> TlsSession::shake_hands(EventLoop& loop) {
    const std::weak_ptr<TlsSession> self = weak_from_this();
    const auto end_later = [self](TlsFailureReason why) {
        if (const auto there = self.lock()) {
            there->give_up(why);
        }
    };
    const auto place =
        handshakes_.begin([&loop, end_later] { loop.post([end_later] { end_later(TlsFailureReason::crowded_out); }); });
    Waiter::Timer deadline(loop.context(), handshakes_.longest());
    deadline.async_wait([end_later](const boost::system::error_code& cancelled) {
        if (!cancelled) {
            end_later(TlsFailureReason::timed_out);
        }
    });
    while (!given_up_) {
        TlsHandshakes::Step step = co_await handshakes_.step(stream_);
        if (step.status == TlsStream::Status::done) {
            co_return std::nullopt;
        }
        if (step.failure) {
            co_return std::move(step.failure);
        }
        if (given_up_) {
            break;
        }
        const auto what = step.status == TlsStream::Status::wants_read ? Socket::wait_read : Socket::wait_write;
        const auto [error] = co_await socket_.async_wait(what, use_task_result);
        if (error && !given_up_) {
            co_return TlsFailure{TlsFailureReason::hung_up, error.message()};
        }
        stream_.readable();
    }
    co_return given_up();
}

Task<> TlsSession::part(EventLoop& loop) {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    Waiter::Timer deadline(loop.context(), longest_parting);
    deadline.async_wait([self = weak_from_this()](const boost::system::error_code& cancelled) {
        if (const auto there = cancelled ? nullptr : self.lock()) {
            boost::system::error_code unheeded;
            there->socket_.cancel(unheeded);
        }
    });
    std::array<std::byte, 1024> thrown_away;
    for (int i = 0; i < most_parting_receives; ++i) {
        const auto buffer = boost::asio::buffer(thrown_away.data(), thrown_away.size());
        const auto [error, size] = co_await socket_.async_receive(buffer, use_task_result);
        if (error) {
            co_return;
        }
    }
}

Task<std::tuple<boost::system::error_code, std::size_t>> TlsSession::receive(MutableBytes room) {
    if (++receives_ % receives_a_turn == 0) {
        co_await boost::asio::post(use_task);
    }
    while (true) {
        const TlsStream::Received got = stream_.receive(room);
        if (got.status == TlsStream::Status::done) {
            co_return std::tuple(boost::system::error_code(), got.size);
        }
        if (got.status == TlsStream::Status::ended) {
            co_return std::tuple(boost::system::error_code(boost::asio::error::eof), std::size_t{0});
        }
        if (got.status == TlsStream::Status::failed) {
            const int error = stream_.system_error() != 0 ? stream_.system_error() : EPROTO;
            co_return std::tuple(boost::system::error_code(error, boost::system::system_category()), std::size_t{0});
        }
        const auto [error] = co_await socket_.async_wait(Socket::wait_read, use_task_result);
        if (error) {
            co_return std::tuple(error, std::size_t{0});
        }
        stream_.readable();
    }
}

void TlsSession::count(const std::string& listener, const std::optional<TlsFailure>& failure) {
    handshakes_.count(listener, failure ? std::optional(failure->reason) : std::nullopt);
}

TlsPeer TlsSession::peer() const {
    const SSL& connection = stream_.connection();
    const SSL_CIPHER* cipher = SSL_get_current_cipher(&connection);
    return {
        SSL_get_version(&connection), cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : "",
        peer_subject(connection)
    };
}

}  // namespace barnabas
