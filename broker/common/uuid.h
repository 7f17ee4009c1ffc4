#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace barnabas {

/// 128 bits that name a topic, a cluster, a directory or a process. The text is 22 characters of URL-safe base64
/// without padding, as Kafka writes it.
struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    constexpr auto operator<=>(const Uuid&) const = default;

    [[nodiscard]] constexpr bool is_zero() const { return high == 0 && low == 0; }

    /// 0 to 99 have meanings of their own and never name anything (Kafka's Uuid.RESERVED).
    [[nodiscard]] constexpr bool reserved() const { return high == 0 && low < 100; }

    [[nodiscard]] std::string text() const;

    /// Nothing when `text` is not 22 characters of URL-safe base64 (padding is accepted).
    [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);
};

}  // namespace barnabas

template <>
struct std::hash<barnabas::Uuid> {
    std::size_t operator()(const barnabas::Uuid& uuid) const noexcept {
        return std::hash<std::uint64_t>()(uuid.high ^ (uuid.low * 0x9e3779b97f4a7c15));
    }
};
