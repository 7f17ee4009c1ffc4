#include "server/listener_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cctype>
#include <future>

#include "common/events.h"
#include "io/java_address.h"
#include "server/listening.h"

namespace barnabas {

namespace {

using Endpoint = Tcp::endpoint;
using SystemError = boost::system::error_code;

void prepare(Socket& socket, std::optional<int> send_buffer) {
    SystemError ignored;  // a connection without them still works
    socket.non_blocking(true, ignored);
    socket.set_option(Tcp::no_delay(true), ignored);
    socket.set_option(Socket::keep_alive(true), ignored);
    spare_pacing(socket);
    if (send_buffer) {
        socket.set_option(Socket::send_buffer_size(*send_buffer), ignored);
    }
}

/// Of a listener. What comes beyond is closed at once.
constexpr int most_turned_away = 1000;

std::string lower_case_of(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// So a client that connects again as soon as it was closed does so no faster than it may (KIP-612).
Task<> close_later(EventLoop& loop, Socket socket, Instant due, std::shared_ptr<std::atomic<int>> count) {
    co_await Waiter::on(loop)->wait(due);
    SystemError ignored;
    socket.close(ignored);
    count->fetch_sub(1);
}

}  // namespace

ListenerSocket::ListenerSocket(ListenerOptions options, Environment environment, std::size_t home, Metrics& metrics)
    : options_(std::move(options)),
      lower_case_name_(lower_case_of(options_.name)),
      environment_(environment),
      metrics_(metrics, options_.name),
      loop_(environment.sets[home]->loop()),
      acceptor_(loop_.context()),
      pause_(Waiter::on(loop_)),
      next_set_(home),
      turned_away_(std::make_shared<std::atomic<int>>(0)) {}

std::expected<void, std::string> ListenerSocket::open(int backlog, std::optional<int> receive_buffer) {
    auto listening = listen_on(acceptor_, {options_.host, options_.port, backlog, receive_buffer});
    if (!listening) {
        return std::unexpected(fmt::format("listener {}: {}", options_.name, listening.error()));
    }
    return {};
}

std::uint16_t ListenerSocket::port() const {
    SystemError ignored;
    return acceptor_.local_endpoint(ignored).port();
}

void ListenerSocket::start() {
    started_ = true;
    boost::asio::co_spawn(
        loop_.context(), accept(),
        boost::asio::bind_cancellation_slot(
            cancel_.slot(),
            [this](const std::exception_ptr& escaped) {
                if (escaped) {
                    event::error("listener ended by an exception", {{"listener", options_.name}});
                }
                if (stopping_) {
                    loop_.post(ended_);
                }
            }
        )
    );
}

void ListenerSocket::stop() {
    if (!std::exchange(started_, false)) {
        return;
    }
    const auto ended = std::make_shared<std::promise<void>>();
    loop_.post([this, ended] {
        stopping_ = true;
        ended_ = [ended] { ended->set_value(); };
        SystemError ignored;
        acceptor_.close(ignored);
        cancel_.emit(boost::asio::cancellation_type::terminal);
    });
    ended->get_future().wait();
}

Task<> ListenerSocket::accept() {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    while (!stopping_) {
        ConnectionSet& set = *environment_.sets[next_set_++ % environment_.sets.size()];
        auto [error, socket] = co_await acceptor_.async_accept(set.loop().context(), use_task_result);
        if (stopping_) {
            break;
        }
        if (error) {
            event::error(
                "cannot accept a connection", {{"listener", options_.name},
                                               {"error", error.message()},
                                               {"do", "raise the limit of open files (ulimit -n)"}}
            );
            co_await pause_->wait(system_clock().now() + accept_retry);
            continue;
        }
        co_await keep_rate();
        if (!stopping_ && !co_await welcome(set, std::move(socket))) {
            metrics_.refused.add();
        }
    }
}

Task<> ListenerSocket::keep_rate() {
    const Instant now = system_clock().now();
    if (const auto wait = environment_.rates.accept({lower_case_name_, !options_.inter_broker}, now);
        wait.count() > 0) {
        metrics_.throttled.observe(wait);
        co_await pause_->wait(now + wait);
    }
}

bool ListenerSocket::turns_away(ConnectionSet& set, Socket& socket, const std::string& address) {
    const Instant now = system_clock().now();
    const auto wait = environment_.rates.admit(address, {lower_case_name_, !options_.inter_broker}, now);
    if (wait.count() == 0) {
        return false;
    }
    metrics_.throttled_by_address.observe(wait);
    event::debug("connection throttled", {{"peer", address}, {"listener", options_.name}, {"wait_ms", wait.count()}});
    if (turned_away_->fetch_add(1) < most_turned_away) {
        set.loop().spawn("throttled connection", close_later(set.loop(), std::move(socket), now + wait, turned_away_));
    } else {
        turned_away_->fetch_sub(1);
    }
    return true;
}

Task<bool> ListenerSocket::welcome(ConnectionSet& set, Socket socket) {
    SystemError error;
    const Endpoint peer = socket.remote_endpoint(error);
    const std::string address = address_text(peer.address());
    if (turns_away(set, socket, address)) {
        co_return false;
    }
    auto place = co_await environment_.limits.admit(loop_, options_, address);
    if (!place) {
        event::warn("connection refused", {{"peer", address}, {"listener", options_.name}, {"problem", place.error()}});
        co_return false;
    }
    prepare(socket, environment_.send_buffer);
    Session session{
        set.loop(), fmt::format("{}:{}", address, peer.port()), "/" + java_address(peer.address()), options_.name,
        options_.kind
    };
    session.security_protocol = options_.protocol;
    session.authenticated = !uses_sasl(options_.protocol);
    session.max_bytes_unauthenticated = options_.max_bytes_unauthenticated;
    auto connection = std::make_shared<Connection>(
        environment_.connections, metrics_, std::move(socket), std::move(session), *std::move(place)
    );
    if (options_.tls) {
        connection->encrypt(*environment_.handshakes, options_.tls->context());
    }
    connection->place().on_make_room([&loop = set.loop(), known = std::weak_ptr(connection)] {
        loop.post([known] {
            if (const auto still_there = known.lock()) {
                still_there->make_room();
            }
        });
    });
    set.loop().post([&set, connection = std::move(connection)]() mutable { set.add(std::move(connection)); });
    co_return true;
}

}  // namespace barnabas
