#pragma once

#include <bit>
#include <concepts>
#include <cstring>

#include "common/bytes.h"

namespace barnabas {

/// The integer that stands in network byte order at `from`, which must hold sizeof(Int) bytes.
template <std::integral Int>
[[nodiscard]] Int load_big_endian(const std::byte* from) {
    Int value;
    std::memcpy(&value, from, sizeof value);
    return std::byteswap(value);
}

/// Writes `value` in network byte order to the sizeof(Int) bytes at `to`.
template <std::integral Int>
void store_big_endian(std::byte* to, Int value) {
    value = std::byteswap(value);
    std::memcpy(to, &value, sizeof value);
}

}  // namespace barnabas
