#pragma once

#include <cstdint>

namespace barnabas {

/// Versions of a message, both ends included.
struct VersionRange {
    std::int16_t first;
    std::int16_t last;

    [[nodiscard]] constexpr bool contains(std::int16_t version) const { return version >= first && version <= last; }
};

/// `first_flexible_version` of a message that never has tagged fields.
inline constexpr std::int16_t never_flexible = INT16_MAX;

}  // namespace barnabas
