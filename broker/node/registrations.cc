#include "node/registrations.h"

#include <algorithm>

namespace barnabas {

namespace {

std::vector<Endpoint> endpoints(const std::vector<Listener>& listeners) {
    std::vector<Endpoint> all;
    for (const Listener& listener : listeners) {
        all.push_back({listener.name, listener.host, listener.port, static_cast<std::int16_t>(listener.protocol)});
    }
    return all;
}

}  // namespace

ControllerRegistration controller_registration(
    const Config& config, const Listeners& listeners, const Uuid& incarnation
) {
    ControllerRegistration self;
    self.id = {config.node_id};
    self.incarnation = incarnation;
    self.listeners = endpoints(listeners.advertised_controller);
    self.features = feature::supported();
    return self;
}

BrokerLifecycle::Options broker_lifecycle_options(
    const Config& config, const Listeners& listeners, const NodeDirectories& directories, BrokerEpoch previous_epoch,
    Random& random
) {
    BrokerRegistration self;
    self.id = {config.node_id};
    self.incarnation = random.uuid();
    self.listeners = endpoints(listeners.advertised);
    self.features = feature::supported();
    self.rack = config.broker_rack;
    for (const auto& dir : directories.log_dirs) {
        if (!dir->offline()) {
            self.directories.push_back(dir->id());
        }
    }
    std::ranges::sort(self.directories);
    return {
        .self = std::move(self),
        .cluster_id = directories.cluster_id,
        .previous_epoch = previous_epoch,
        .heartbeat_interval = config.broker_heartbeat_interval_ms,
        .session_timeout = config.broker_session_timeout_ms,
        .registration_timeout = config.initial_broker_registration_timeout_ms,
    };
}

}  // namespace barnabas
