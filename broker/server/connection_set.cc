#include "server/connection_set.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "common/check.h"
#include "common/events.h"

namespace barnabas {

namespace {

/// How often connections are looked at: often enough that an idle one ends at most an eighth too late.
Waiter::Timer::duration interval(std::optional<std::chrono::milliseconds> max_idle) {
    using namespace std::chrono_literals;
    return max_idle ? std::clamp<Waiter::Timer::duration>(*max_idle / 8, 10ms, 30s) : 30s;
}

}  // namespace

ConnectionSet::ConnectionSet(EventLoop& loop, std::optional<std::chrono::milliseconds> max_idle)
    : loop_(loop),
      max_idle_(max_idle),
      hangups_(
          loop,
          [this](std::uint64_t id) {
              if (const auto found = connections_.find(id); found != connections_.end()) {
                  found->second->peer_hung_up();
              }
          }
      ),
      stop_(Waiter::on(loop)) {
    loop.spawn("idle connections", check_now_and_then());
}

void ConnectionSet::add(std::shared_ptr<Connection> connection) {
    CHECK(!ended_);
    const std::uint64_t id = next_id_++;
    Connection& added = *connections_.emplace(id, std::move(connection)).first->second;
    hangups_.add(added.socket(), id);
    boost::asio::co_spawn(
        loop_.context(), added.run(),
        boost::asio::bind_cancellation_slot(
            added.cancellation(),
            [this, id](const std::exception_ptr& escaped) {
                if (escaped) {
                    event::error("connection ended by an exception", {{"connection", id}});
                }
                remove(id);
            }
        )
    );
}

void ConnectionSet::remove(std::uint64_t id) {
    auto connection = connections_.extract(id);
    // Its coroutine is just ending, and still knows the connection's cancellation slot.
    loop_.post([kept = std::move(connection.mapped())] {});
    if (ended_ && connections_.empty()) {
        loop_.post(ended_);
    }
}

void ConnectionSet::close(std::function<void()> ended) {
    ended_ = std::move(ended);
    stop_->notify();
    hangups_.stop();
    for (const auto& [id, connection] : connections_) {
        connection->close();
    }
    if (connections_.empty()) {
        loop_.post(ended_);
    }
}

Task<> ConnectionSet::check_now_and_then() {
    while (!co_await stop_->wait(system_clock().now() + interval(max_idle_))) {
        const Instant now = system_clock().now();
        const Instant idle_since = max_idle_ ? now - *max_idle_ : Instant::min();
        for (const auto& [id, connection] : connections_) {
            connection->check(now, idle_since);
        }
    }
}

}  // namespace barnabas
