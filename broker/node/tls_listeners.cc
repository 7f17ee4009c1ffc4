#include "node/tls_listeners.h"

#include <algorithm>

namespace barnabas {

Expected<TlsListeners> TlsListeners::open(const Config& config, const Listeners& listeners) {
    TlsListeners opened;
    for (const auto* list : {&listeners.broker, &listeners.controller}) {
        for (const Listener& each : *list) {
            if (!is_encrypted(each.protocol)) {
                continue;
            }
            const bool among_brokers = each.name == listeners.inter_broker;
            auto one = TlsListener::open(ListenerConfig(config, each.name), each.protocol, among_brokers);
            if (!one) {
                return std::unexpected(std::move(one).error());
            }
            opened.all_.push_back(*std::move(one));
        }
    }
    return opened;
}

std::shared_ptr<TlsListener> TlsListeners::of(std::string_view name) const {
    const auto found = std::ranges::find(all_, name, [](const auto& each) { return each->name(); });
    return found != all_.end() ? *found : nullptr;
}

void TlsListeners::change(const Config& config) const {
    for (const auto& each : all_) {
        each->change(ListenerConfig(config, each->name()));
    }
}

Expected<void> TlsListeners::check(const Config& config) const {
    for (const auto& each : all_) {
        if (auto checked = each->check(ListenerConfig(config, each->name())); !checked) {
            return checked;
        }
    }
    return {};
}

void TlsListeners::look_at_files() const {
    for (const auto& each : all_) {
        each->look_at_files();
    }
}

}  // namespace barnabas
