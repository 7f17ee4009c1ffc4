#include "common/crc32c.h"

#include <immintrin.h>

#include <cstring>

namespace barnabas {

namespace {

/// The instruction takes a word each cycle, but three until it has the result: three stretches are summed side by side
/// and put together. See Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction", Intel,
/// 2011.
constexpr std::size_t lane_words = 64;
constexpr std::size_t lane_bytes = lane_words * 8;

/// x to the power of `exponent` modulo the Castagnoli polynomial, bit 31 being x^0.
consteval std::uint32_t power_of_x(std::size_t exponent) {
    std::uint32_t power = 0x80000000U;
    for (; exponent > 0; --exponent) {
        power = (power >> 1) ^ ((power & 1) != 0 ? 0x82F63B78U : 0U);
    }
    return power;
}

/// What multiplies a checksum to move it before `bytes` more: reversed bits add x to a product, and the instruction
/// that reduces it adds x^32.
consteval std::uint64_t shift_by(std::size_t bytes) {
    return power_of_x(bytes * 8 - 33);
}

std::uint64_t word_at(const std::byte* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

[[gnu::target("sse4.2,pclmul")]] std::uint64_t shifted(std::uint64_t crc, std::uint64_t by) {
    const __m128i product = _mm_clmulepi64_si128(
        _mm_cvtsi64_si128(static_cast<long long>(crc)), _mm_cvtsi64_si128(static_cast<long long>(by)), 0
    );
    return _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
}

/// Of the three lanes at `at`.
[[gnu::target("sse4.2,pclmul")]] std::uint64_t sum_lanes(std::uint64_t crc, const std::byte* at) {
    std::uint64_t second = 0, third = 0;
    for (std::size_t i = 0; i < lane_bytes; i += 8) {
        crc = _mm_crc32_u64(crc, word_at(at + i));
        second = _mm_crc32_u64(second, word_at(at + i + lane_bytes));
        third = _mm_crc32_u64(third, word_at(at + i + 2 * lane_bytes));
    }
    return shifted(crc, shift_by(2 * lane_bytes)) ^ shifted(second, shift_by(lane_bytes)) ^ third;
}

}  // namespace

std::uint32_t crc32c(BytesView bytes, std::uint32_t seed) {
    static const bool can_multiply = __builtin_cpu_supports("pclmul") != 0;
    std::uint64_t crc = static_cast<std::uint32_t>(~seed);
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 3 * lane_bytes && can_multiply; left -= 3 * lane_bytes, at += 3 * lane_bytes) {
        crc = sum_lanes(crc, at);
    }
    for (; left >= 8; left -= 8, at += 8) {
        crc = _mm_crc32_u64(crc, word_at(at));
    }
    auto tail = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++at) {
        tail = _mm_crc32_u8(tail, std::to_integer<unsigned char>(*at));
    }
    return ~tail;
}

}  // namespace barnabas
