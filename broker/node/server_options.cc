#include "node/server_options.h"

#include <thread>

#include "common/events.h"
#include "config/listener_config.h"
#include "config/value_text.h"
#include "handlers/quotas.h"
#include "io/host_names.h"
#include "protocol/frame.h"

namespace barnabas {

namespace {

/// Kafka's default of 100 KiB holds a fast or long connection back; the system's grows as it is needed. So only a size
/// that somebody asked for is set.
std::optional<int> buffer_size(const ConfigEntries& written, const std::string& key, std::int32_t bytes) {
    return bytes < 0 || !written.contains(key) ? std::nullopt : std::optional(bytes);
}

/// "host:number,...", as `max.connections.per.ip.overrides` was checked to be.
std::map<std::string, std::int32_t> per_address(const std::string& text) {
    std::map<std::string, std::int32_t> limits;
    for (const std::string& entry : value_text::split_list(text)) {
        const std::size_t colon = entry.rfind(':');
        const std::string host = entry.substr(0, colon);
        const auto most = value_text::to_integer(std::string_view(entry).substr(colon + 1), 0, no_limit);
        const auto addresses = addresses_of(host);
        if (addresses.empty()) {
            event::warn("host without address", {{"setting", "max.connections.per.ip.overrides"}, {"host", host}});
        }
        for (const std::string& address : addresses) {
            limits[address] = static_cast<std::int32_t>(most.value_or(no_limit));
        }
    }
    return limits;
}

}  // namespace

ConnectionLimitOptions connection_limits(const Config& config) {
    ConnectionLimitOptions limits;
    limits.max_connections = config.max_connections;
    limits.max_per_address = config.max_connections_per_ip;
    limits.max_of_address = per_address(config.max_connections_per_ip_overrides);
    limits.max_of_listener = config.max_connections_of_listeners();
    return limits;
}

ConnectionRateLimits connection_rates(const Config& config) {
    return {config.max_connection_creation_rate, config.connection_rates_of_listeners()};
}

AddressRateLimits address_rates(const ClientQuotasImage& quotas) {
    AddressRateLimits rates;
    for (const auto& [entity, limits] : quotas.quotas()) {
        const auto of_address = entity.find(std::string(quota_ip));
        const auto limit = limits->find(std::string(connection_rate_key));
        if (of_address == entity.end() || limit == limits->end()) {
            continue;
        }
        const auto rate = static_cast<std::int32_t>(std::clamp<double>(limit->second, 0, no_limit));
        if (!of_address->second) {
            rates.of_others = rate;
            continue;
        }
        if (const auto address = address_of(*of_address->second)) {
            rates.of_address[*address] = rate;
        } else {
            event::warn("host without address", {{"quota", connection_rate_key}, {"host", *of_address->second}});
        }
    }
    return rates;
}

ServerOptions server_options(
    const Config& config, const ConfigEntries& written, const Listeners& listeners, const TlsListeners& tls
) {
    ServerOptions options;
    for (const Listener& listener : listeners.broker) {
        const bool inter_broker = listeners.broker.size() > 1 && listener.name == listeners.inter_broker;
        options.listeners.push_back(
            {listener.name, ListenerKind::broker, listener.host, listener.port, inter_broker, listener.protocol,
             tls.of(listener.name)}
        );
    }
    for (const Listener& listener : listeners.controller) {
        options.listeners.push_back(
            {listener.name, ListenerKind::controller, listener.host, listener.port, true, listener.protocol,
             tls.of(listener.name)}
        );
    }
    for (ListenerOptions& listener : options.listeners) {
        const Config own_config = ListenerConfig(config, listener.name).config();
        listener.max_bytes_unauthenticated =
            static_cast<std::size_t>(std::max(own_config.sasl_server_max_receive_size, 0)) + FrameBuffer::length_size;
    }
    options.limits = connection_limits(config);
    options.rates = connection_rates(config);
    options.rate_windows = quota_windows(config.quota_window_num, config.quota_window_size_seconds);
    options.handshakes = {
        .threads = std::max<std::size_t>(std::thread::hardware_concurrency(), 1),
        .most = static_cast<std::size_t>(config.barnabas_tls_handshakes_max),
        .longest = config.barnabas_tls_handshake_timeout_ms
    };
    options.backlog = config.socket_listen_backlog_size;
    options.send_buffer = buffer_size(written, "socket.send.buffer.bytes", config.socket_send_buffer_bytes);
    options.receive_buffer = buffer_size(written, "socket.receive.buffer.bytes", config.socket_receive_buffer_bytes);
    options.max_request_bytes = static_cast<std::size_t>(config.socket_request_max_bytes);
    options.max_request_memory = config.request_memory();
    if (config.connections_max_idle_ms.count() >= 0) {
        options.max_idle = config.connections_max_idle_ms;
    } else {
        options.max_idle.reset();
    }
    return options;
}

}  // namespace barnabas
