#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas {

/// Where a broker or controller listens.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;

    /// "host:9092"; an IPv6 address stands in brackets.
    [[nodiscard]] std::string text() const;
    bool operator==(const HostPort&) const = default;
};

/// A list as in `bootstrap.servers`: "host:port,[::1]:port". Errors are sentences that name the entry.
[[nodiscard]] std::expected<std::vector<HostPort>, std::string> parse_endpoints(std::string_view text);

}  // namespace barnabas
