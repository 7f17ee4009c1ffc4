#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace barnabas {

/// The address that `text` is by itself, as "127.0.0.1" or "::1", or nothing when it would have to be looked up. Takes
/// what java.net.InetAddress takes: "127.1", "2130706433", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"; numbers are
/// decimal, leading zeros or not.
[[nodiscard]] std::optional<std::string> address_literal(std::string_view text);

}  // namespace barnabas
