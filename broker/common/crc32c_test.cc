#include "common/crc32c.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(Crc32c, AnswersTheKnownChecksums) {
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);
    EXPECT_EQ(crc32c({}), 0U);
    EXPECT_EQ(crc32c(Bytes(32)), 0x8a9136aaU);  // RFC 3720, B.4
}

TEST(Crc32c, GoesOnFromWhatCameBefore) {
    const auto text = as_bytes("the quick brown fox jumps over the lazy dog");
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(crc32c(text.subspan(cut), crc32c(text.first(cut))), crc32c(text)) << cut;
    }
}

std::uint32_t bit_by_bit(BytesView bytes, std::uint32_t seed) {
    std::uint32_t crc = ~seed;
    for (const std::byte each : bytes) {
        crc ^= std::to_integer<std::uint32_t>(each);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
        }
    }
    return ~crc;
}

TEST(Crc32c, IsTheSameHoweverManyBytesAreSummedAtOnce) {
    Bytes bytes(5000);
    std::uint32_t state = 1;
    for (std::byte& each : bytes) {
        state = state * 1664525 + 1013904223;
        each = static_cast<std::byte>(state >> 24);
    }
    for (std::size_t size = 0; size <= bytes.size(); size += size % 1536 < 10 ? 1 : 61) {
        const BytesView some = BytesView(bytes).last(size);
        ASSERT_EQ(crc32c(some, state), bit_by_bit(some, state)) << size;
    }
}

}  // namespace
}  // namespace barnabas
