#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace barnabas {

/// What the use of a client is measured in.
enum class QuotaKind : std::uint8_t {
    produce,             ///< bytes of Produce requests
    fetch,               ///< bytes of Fetch responses
    request,             ///< time of threads, in percent of one
    controller_mutation  ///< partitions made and removed
};

inline constexpr auto all_quota_kinds =
    std::to_array({QuotaKind::produce, QuotaKind::fetch, QuotaKind::request, QuotaKind::controller_mutation});

/// As metrics and log lines have it.
[[nodiscard]] constexpr std::string_view name(QuotaKind kind) {
    constexpr auto names = std::to_array<std::string_view>({"produce", "fetch", "request", "controller_mutation"});
    return names[static_cast<std::size_t>(kind)];
}

/// The key of its limit in the metadata.
[[nodiscard]] constexpr std::string_view limit_key(QuotaKind kind) {
    constexpr auto keys = std::to_array<std::string_view>(
        {"producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate"}
    );
    return keys[static_cast<std::size_t>(kind)];
}

/// That of addresses.
inline constexpr std::string_view connection_rate_key = "connection_creation_rate";

}  // namespace barnabas
