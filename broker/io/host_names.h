#pragma once

#include <optional>
#include <string>
#include <vector>

namespace barnabas {

/// The name by which the network knows this machine, "broker1.example.org", as far as it can be found out; else the
/// name that the machine gives itself.
[[nodiscard]] std::string machine_name();

/// All addresses of a host, as "127.0.0.1" and "::1"; empty when it has none. An address is its own. May block.
[[nodiscard]] std::vector<std::string> addresses_of(const std::string& host);

/// One address of a host, of the first kind that it has of IPv4 and IPv6; what java.net.InetAddress.getByName makes of
/// a name or of the text of an address. May block when `address_literal` does not know it.
[[nodiscard]] std::optional<std::string> address_of(const std::string& host);

}  // namespace barnabas
