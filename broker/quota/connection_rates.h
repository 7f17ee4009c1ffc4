#pragma once

#include <map>
#include <optional>
#include <string>

#include "quota/sensor_table.h"

namespace barnabas {

/// Connections a second (KIP-612). A listener without a limit of its own has that of the node, to itself.
struct ConnectionRateLimits {
    std::int32_t of_node = INT32_MAX;                   ///< `max.connection.creation.rate`
    std::map<std::string, std::int32_t> of_listener{};  ///< `listener.name.<name>.max.connection.creation.rate`
};

/// Those of addresses, as the metadata has them. INT32_MAX: none.
struct AddressRateLimits {
    std::int32_t of_others = INT32_MAX;
    std::map<std::string, std::int32_t> of_address{};
};

/// How fast connections may come. A node or a listener that gets them too fast takes them slower, so that all wait;
/// an address that sends them too fast is turned away. Any thread.
class ConnectionRates {
public:
    ConnectionRates(QuotaWindows windows, ConnectionRateLimits limits);

    void change(ConnectionRateLimits limits);
    void change(AddressRateLimits limits);

    /// Where a connection came.
    struct Way {
        const std::string& listener;  ///< lower-case
        bool counts_for_node;         ///< false for the listener of brokers beside others
    };

    /// Counts one that was accepted, and answers how long it must wait: at most one window.
    [[nodiscard]] std::chrono::milliseconds accept(const Way& way, Instant now);

    /// Counts one from `address`, after `accept`. Not zero: it is not to be served, was not counted at all, and should
    /// be kept waiting so long before it is closed.
    [[nodiscard]] std::chrono::milliseconds admit(const std::string& address, const Way& way, Instant now);

    void expire(Instant now) { addresses_.expire(now); }

private:
    [[nodiscard]] RateSensor& listener(const std::string& name);
    [[nodiscard]] std::chrono::milliseconds bounded(std::chrono::milliseconds wait) const;

    const QuotaWindows windows_;
    std::mutex mutex_;  ///< guards what follows, but the sensors
    ConnectionRateLimits limits_;
    AddressRateLimits address_limits_;
    RateSensor node_;
    std::map<std::string, RateSensor> listeners_;
    SensorTable<RateSensor> addresses_;
};

}  // namespace barnabas
