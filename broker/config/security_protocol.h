#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace barnabas {

/// Kafka's security protocols, with their numbers in the metadata.
enum class SecurityProtocol : std::int16_t { plaintext = 0, ssl = 1, sasl_plaintext = 2, sasl_ssl = 3 };

[[nodiscard]] std::string_view name(SecurityProtocol protocol);
[[nodiscard]] std::optional<SecurityProtocol> to_security_protocol(std::string_view name);

[[nodiscard]] constexpr bool is_encrypted(SecurityProtocol protocol) {
    return protocol == SecurityProtocol::ssl || protocol == SecurityProtocol::sasl_ssl;
}
[[nodiscard]] constexpr bool uses_sasl(SecurityProtocol protocol) {
    return protocol == SecurityProtocol::sasl_plaintext || protocol == SecurityProtocol::sasl_ssl;
}

}  // namespace barnabas
