#include "common/crc32c.h"

#include <nmmintrin.h>

#include <cstring>

namespace barnabas {

std::uint32_t crc32c(BytesView bytes, std::uint32_t seed) {
    std::uint64_t crc = ~seed;
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        crc = _mm_crc32_u64(crc, word);
    }
    auto tail = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++at) {
        tail = _mm_crc32_u8(tail, std::to_integer<unsigned char>(*at));
    }
    return ~tail;
}

}  // namespace barnabas
