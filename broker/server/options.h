#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "handlers/request_context.h"
#include "quota/connection_rates.h"
#include "server/tls_handshakes.h"
#include "server/tls_listener.h"

namespace barnabas {

inline constexpr std::int32_t no_limit = std::numeric_limits<std::int32_t>::max();

/// One of `listeners`.
struct ListenerOptions {
    std::string name;
    ListenerKind kind = ListenerKind::broker;
    std::string host;        ///< empty: all addresses, IPv4 and IPv6
    std::uint16_t port = 0;  ///< 0: any that is free
    /// `inter.broker.listener.name` beside other listeners, or a controller's: not held back by `max.connections`
    bool inter_broker = false;
    SecurityProtocol protocol = SecurityProtocol::plaintext;
    std::shared_ptr<TlsListener> tls{};                              ///< of a listener that encrypts
    std::size_t max_bytes_unauthenticated = std::size_t{512} << 10;  ///< `sasl.server.max.receive.size`
};

/// How many connections there may be. May change while the server runs.
struct ConnectionLimitOptions {
    std::int32_t max_connections = no_limit;              ///< `max.connections`
    std::map<std::string, std::int32_t> max_of_listener;  ///< `listener.name.<name>.max.connections`, lower-case names
    std::int32_t max_per_address = no_limit;              ///< `max.connections.per.ip`
    std::map<std::string, std::int32_t> max_of_address;   ///< `max.connections.per.ip.overrides`, addresses
};

struct ServerOptions {
    std::vector<ListenerOptions> listeners;
    ConnectionLimitOptions limits;
    ConnectionRateLimits rates;
    QuotaWindows rate_windows;                               ///< `quota.window.num` and its like
    int backlog = 50;                                        ///< `socket.listen.backlog.size`
    std::optional<int> send_buffer;                          ///< `socket.send.buffer.bytes`, unless -1
    std::optional<int> receive_buffer;                       ///< `socket.receive.buffer.bytes`, unless -1
    std::size_t max_request_bytes = std::size_t{100} << 20;  ///< `socket.request.max.bytes`
    std::optional<std::int64_t> max_request_memory;          ///< `queued.max.request.bytes`, unless -1
    std::optional<std::chrono::milliseconds> max_idle = std::chrono::minutes(10);  ///< `connections.max.idle.ms`
    TlsHandshakeLimits handshakes;
};

}  // namespace barnabas
