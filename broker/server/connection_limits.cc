#include "server/connection_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace barnabas {

namespace {

std::int32_t limit_of(
    const std::map<std::string, std::int32_t>& limits, const std::string& key, std::int32_t otherwise
) {
    const auto found = limits.find(key);
    return found == limits.end() ? otherwise : found->second;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

void forget(std::map<std::string, std::int32_t>& counts, const std::string& key) {
    const auto found = counts.find(key);
    if (--found->second == 0) {
        counts.erase(found);
    }
}

}  // namespace

ConnectionLimits::ConnectionLimits(ConnectionLimitOptions options) : options_(std::move(options)) {}

void ConnectionLimits::Place::on_make_room(std::function<void()> close) {
    const std::lock_guard lock(limits_.mutex_);
    held_->make_room = std::move(close);
}

bool ConnectionLimits::is_full(const ListenerOptions& listener) const {
    const std::int32_t here = limit_of(of_listener_, listener.name, 0);
    return (total_ >= options_.max_connections && !listener.inter_broker) ||
           here >= limit_of(options_.max_of_listener, lower_case(listener.name), no_limit);
}

Task<std::expected<ConnectionLimits::Place, std::string>> ConnectionLimits::admit(
    EventLoop& loop, ListenerOptions listener, std::string address
) {
    const auto waiter = Waiter::on(loop);
    while (true) {
        std::shared_ptr<Held> held;
        std::function<void()> make_room;
        {
            const std::lock_guard lock(mutex_);
            if (is_full(listener)) {
                waiting_.push_back(waiter);
            } else {
                const std::int32_t most = limit_of(options_.max_of_address, address, options_.max_per_address);
                if (limit_of(of_address_, address, 0) >= most) {
                    co_return std::unexpected(fmt::format(
                        "{} connections from {} are open, as many as max.connections.per.ip allows", most, address
                    ));
                }
                if (total_ >= options_.max_connections) {
                    make_room = least_recently_used();
                }
                held = take(listener, address);
            }
        }
        if (make_room) {
            make_room();
        }
        if (held) {
            co_return Place(*this, std::move(held));
        }
        if (!co_await waiter->wait(Instant::max())) {
            co_return std::unexpected("the server stops");
        }
    }
}

std::shared_ptr<ConnectionLimits::Held> ConnectionLimits::take(
    const ListenerOptions& listener, const std::string& address
) {
    total_ += listener.kind == ListenerKind::broker ? 1 : 0;
    ++of_listener_[listener.name];
    ++of_address_[address];
    const auto held = std::make_shared<Held>(listener, address, system_clock().now());
    held_.insert(held);
    return held;
}

std::function<void()> ConnectionLimits::least_recently_used() {
    std::shared_ptr<Held> oldest;
    for (const auto& each : held_) {
        const bool may_go = each->make_room && !each->listener.inter_broker;
        if (may_go && (!oldest || each->last_used.load() < oldest->last_used.load())) {
            oldest = each;
        }
    }
    return oldest ? std::exchange(oldest->make_room, {}) : std::function<void()>();
}

void ConnectionLimits::leave(const std::shared_ptr<Held>& held) {
    {
        const std::lock_guard lock(mutex_);
        total_ -= held->listener.kind == ListenerKind::broker ? 1 : 0;
        forget(of_listener_, held->listener.name);
        forget(of_address_, held->address);
        held_.erase(held);
    }
    wake();
}

void ConnectionLimits::change(ConnectionLimitOptions options) {
    {
        const std::lock_guard lock(mutex_);
        options_ = std::move(options);
    }
    wake();
}

void ConnectionLimits::wake() {
    std::vector<std::shared_ptr<Waiter>> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(waiting_);
    }
    for (const auto& waiter : waiting) {
        waiter->notify();
    }
}

}  // namespace barnabas
