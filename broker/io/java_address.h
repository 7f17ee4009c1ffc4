#pragma once

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <string>

#include "io/socket.h"

namespace barnabas {

/// The address as java.net.InetAddress.getHostAddress writes it, and Kafka's access rules and answers with it: IPv6 as
/// eight groups, "0:0:0:0:0:0:0:1", with the scope after a percent sign where there is one.
[[nodiscard]] inline std::string java_address(const boost::asio::ip::address& address) {
    if (!address.is_v6() || address.to_v6().is_v4_mapped()) {
        return address_text(address);
    }
    const auto bytes = address.to_v6().to_bytes();
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        text += fmt::format("{}{:x}", i == 0 ? "" : ":", bytes[i] << 8 | bytes[i + 1]);
    }
    const auto scope = address.to_v6().scope_id();
    return scope == 0 ? text : fmt::format("{}%{}", text, scope);
}

}  // namespace barnabas
