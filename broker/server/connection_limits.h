#pragma once

#include <expected>
#include <map>
#include <memory>
#include <mutex>
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

    /// The place of one connection; free again when this is gone.
    class Place {
    public:
        Place() = default;
        Place(ConnectionLimits& limits, std::string listener, std::string address)
            : limits_(&limits, Leave{std::move(listener), std::move(address)}) {}

    private:
        struct Leave {
            std::string listener;
            std::string address;
            void operator()(ConnectionLimits* limits) const { limits->leave(listener, address); }
        };
        std::unique_ptr<ConnectionLimits, Leave> limits_;
    };

    /// The moment at which one more connection may be made for the rate to be kept. Counts it as made.
    [[nodiscard]] Instant next_by_rate(Instant now);

    /// Waits until there is a place on `listener` and in all, and takes it; then refuses, with a sentence, when
    /// `address` has too many. As in Kafka, a full listener makes clients wait, a full address is turned away.
    Task<std::expected<Place, std::string>> admit(EventLoop& loop, ListenerOptions listener, std::string address);

    void change(ConnectionLimitOptions options);

private:
    [[nodiscard]] bool is_full(const ListenerOptions& listener) const;
    void leave(const std::string& listener, const std::string& address);
    void wake();

    std::mutex mutex_;
    ConnectionLimitOptions options_;
    std::int32_t total_ = 0;
    std::map<std::string, std::int32_t> of_listener_;
    std::map<std::string, std::int32_t> of_address_;
    Instant next_{};
    std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace barnabas
