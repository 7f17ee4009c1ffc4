#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/clock.h"
#include "io/waiter.h"
#include "server/options.h"

namespace barnabas {

/// Counts connections in all, by listener and by address, and says who must wait or go. Shared by all listeners and
/// connections; any thread; outlives them.
class ConnectionLimits {
public:
    explicit ConnectionLimits(ConnectionLimitOptions options);

private:
    struct Held {
        ListenerOptions listener;
        std::string address;
        std::atomic<Instant> last_used;
        std::function<void()> make_room{};  ///< guarded by the limits' mutex
    };

public:
    /// The place of one connection; free again when this is gone.
    class Place {
    public:
        Place(ConnectionLimits& limits, std::shared_ptr<Held> held) : limits_(limits), held_(std::move(held)) {}
        ~Place() {
            if (held_) {
                limits_.leave(held_);
            }
        }
        Place(Place&&) = default;
        Place& operator=(Place&&) = delete;

        /// The connection is in use: others are less recently used.
        void used(Instant now) { held_->last_used.store(now, std::memory_order_relaxed); }
        /// What closes the connection, on any thread, when it is the one that must make room.
        void on_make_room(std::function<void()> close);

    private:
        ConnectionLimits& limits_;
        std::shared_ptr<Held> held_;
    };

    /// Waits until there is a place on `listener` and in all, and takes it; then refuses, with a sentence, when
    /// `address` has too many. As in Kafka, a full listener makes clients wait, a full address is turned away, and when
    /// `max.connections` are open, one more on the inter-broker listener makes the least recently used of the others
    /// go.
    Task<std::expected<Place, std::string>> admit(EventLoop& loop, ListenerOptions listener, std::string address);

    void change(ConnectionLimitOptions options);

private:
    [[nodiscard]] bool is_full(const ListenerOptions& listener) const;
    [[nodiscard]] std::shared_ptr<Held> take(const ListenerOptions& listener, const std::string& address);
    /// What closes the least recently used connection that may be closed, if there is one.
    [[nodiscard]] std::function<void()> least_recently_used();
    void leave(const std::shared_ptr<Held>& held);
    void wake();

    std::mutex mutex_;
    ConnectionLimitOptions options_;
    std::int32_t total_ = 0;
    std::map<std::string, std::int32_t> of_listener_;
    std::map<std::string, std::int32_t> of_address_;
    std::set<std::shared_ptr<Held>> held_;
    std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace barnabas
