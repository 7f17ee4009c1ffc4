#include "log/siphash.h"

#include <gtest/gtest.h>

#include <cstring>

namespace barnabas {
namespace {

// The vectors of the reference implementation: secret 00 01 .. 0f, input 00 01 .. of the given length.
constexpr std::array<std::uint64_t, 2> secret{0x0706050403020100, 0x0f0e0d0c0b0a0908};

Hash128 hash_of_length(std::size_t length) {
    Bytes input(length);
    for (std::size_t i = 0; i < length; ++i) {
        input[i] = static_cast<std::byte>(i);
    }
    return siphash_128(secret, input);
}

Hash128 hash_text(const std::array<std::uint8_t, 16>& bytes) {
    Hash128 hash;
    std::memcpy(&hash, bytes.data(), sizeof hash);
    return hash;
}

TEST(SipHash, GivesTheReferenceVectors) {
    EXPECT_EQ(
        hash_of_length(0),
        hash_text({0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93})
    );
    EXPECT_EQ(
        hash_of_length(1),
        hash_text({0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45})
    );
    EXPECT_EQ(
        hash_of_length(2),
        hash_text({0x81, 0x77, 0x22, 0x8d, 0xa4, 0xa4, 0x5d, 0xc7, 0xfc, 0xa3, 0x8b, 0xde, 0xf6, 0x0a, 0xff, 0xe4})
    );
}

TEST(SipHash, DependsOnTheSecretAndOnEveryByte) {
    EXPECT_NE(siphash_128({1, 2}, as_bytes("key")), siphash_128({1, 3}, as_bytes("key")));
    EXPECT_NE(siphash_128({1, 2}, as_bytes("longer key")), siphash_128({1, 2}, as_bytes("longer kez")));
}

}  // namespace
}  // namespace barnabas
