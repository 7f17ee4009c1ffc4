#include "quota/connection_rates.h"

#include <algorithm>
#include <utility>

namespace barnabas {

namespace {

constexpr std::int32_t no_rate_limit = INT32_MAX;
constexpr std::size_t most_addresses = 16'384;

std::int32_t rate_of(
    const std::map<std::string, std::int32_t>& limits, const std::string& name, std::int32_t otherwise
) {
    const auto found = limits.find(name);
    return found == limits.end() ? otherwise : found->second;
}

}  // namespace

ConnectionRates::ConnectionRates(QuotaWindows windows, ConnectionRateLimits limits)
    : windows_(windows), node_(windows), addresses_(windows, most_addresses) {
    change(std::move(limits));
}

void ConnectionRates::change(ConnectionRateLimits limits) {
    const std::scoped_lock lock(mutex_);
    limits_ = std::move(limits);
    node_.set_limit(limits_.of_node);
    for (auto& [name, sensor] : listeners_) {
        sensor.set_limit(rate_of(limits_.of_listener, name, limits_.of_node));
    }
}

void ConnectionRates::change(AddressRateLimits limits) {
    const std::scoped_lock lock(mutex_);
    address_limits_ = std::move(limits);
}

/// They are as many as `listeners`, and stay.
RateSensor& ConnectionRates::listener(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    const auto [found, made] = listeners_.try_emplace(name, windows_);
    if (made) {
        found->second.set_limit(rate_of(limits_.of_listener, name, limits_.of_node));
    }
    return found->second;
}

std::chrono::milliseconds ConnectionRates::bounded(std::chrono::milliseconds wait) const {
    return std::min(wait, windows_.length);
}

std::chrono::milliseconds ConnectionRates::accept(const Way& way, Instant now) {
    const auto for_listener = listener(way.listener).record(1, now);
    const auto for_node = way.counts_for_node ? node_.record(1, now) : std::chrono::milliseconds(0);
    return bounded(std::max(for_listener, for_node));
}

std::chrono::milliseconds ConnectionRates::admit(const std::string& address, const Way& way, Instant now) {
    std::int32_t limit = no_rate_limit;
    {
        const std::scoped_lock lock(mutex_);
        limit = rate_of(address_limits_.of_address, address, address_limits_.of_others);
    }
    if (limit == no_rate_limit) {
        return {};
    }
    const auto sensor = addresses_.find(address);
    sensor->set_limit(limit);
    const auto wait = sensor->record(1, now);
    if (wait.count() == 0) {
        return {};
    }
    sensor->add(-1, now);
    listener(way.listener).add(-1, now);
    if (way.counts_for_node) {
        node_.add(-1, now);
    }
    return bounded(wait);
}

}  // namespace barnabas
