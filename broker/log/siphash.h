#pragma once

#include <array>

#include "common/bytes.h"

namespace barnabas {

struct Hash128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const Hash128&) const = default;
};

/// SipHash-2-4 with 128 bits of output: nobody who does not know `secret` can find two texts with the same hash.
[[nodiscard]] Hash128 siphash_128(std::array<std::uint64_t, 2> secret, BytesView bytes);

}  // namespace barnabas
