#pragma once

#include <expected>

#include "config/config.h"
#include "config/security_protocol.h"

namespace barnabas {

/// NAME://host:port of `listeners` or `advertised.listeners`. The host has no brackets; an empty one is every interface
/// where we listen, and this machine's name where we advertise. Port 0 is any free one.
struct Listener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    SecurityProtocol protocol = SecurityProtocol::plaintext;

    [[nodiscard]] std::string text() const;
    bool operator==(const Listener&) const = default;
};

/// What the listener settings say together.
struct Listeners {
    std::vector<Listener> broker;                 ///< where clients and brokers connect
    std::vector<Listener> controller;             ///< where controllers listen; empty on a node that is none
    std::vector<Listener> advertised;             ///< what clients are told, for the broker's listeners
    std::vector<Listener> advertised_controller;  ///< what other nodes are told of this controller
    std::string inter_broker;                     ///< the name of the listener that brokers use among themselves
    bool operator==(const Listeners&) const = default;
};

/// Holds the listener settings against each other by Kafka's rules. The error names the key, its value, and what it
/// would have to be.
[[nodiscard]] std::expected<Listeners, std::string> read_listeners(const Config& config);

/// Puts `machine` where an advertised host is empty.
void name_hosts(Listeners& listeners, std::string_view machine);

/// One `NAME://host:port`, with the protocol left at plaintext.
[[nodiscard]] std::expected<Listener, std::string> parse_listener(std::string_view text);

/// "host:port" or "[v6]:port"; nothing when it is neither.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> parse_host_and_port(std::string_view text);

}  // namespace barnabas
