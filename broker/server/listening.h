#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "io/socket.h"

namespace barnabas {

struct ListeningOptions {
    std::string host;        ///< a name or an address; empty: all addresses, IPv4 and IPv6
    std::uint16_t port = 0;  ///< 0: any that is free
    int backlog = 50;
    std::optional<int> receive_buffer;  ///< of the connections; the system's without it
};

/// How long accepting rests after a failure of the system: usually it has no file descriptor left.
inline constexpr auto accept_retry = std::chrono::milliseconds(100);

/// Binds `acceptor` and listens. The error says what failed, where, and what to do.
std::expected<void, std::string> listen_on(Acceptor& acceptor, const ListeningOptions& options);

}  // namespace barnabas
