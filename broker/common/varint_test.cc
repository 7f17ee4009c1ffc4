#include "common/varint.h"

#include <gtest/gtest.h>

#include <limits>

namespace barnabas {
namespace {

TEST(Varint, ReadsWhatItWrote) {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{-65},
          std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
        Bytes bytes;
        append_varint(bytes, value);
        EXPECT_EQ(bytes.size(), varint_size(value));
        BytesView rest(bytes);
        std::int64_t read = 0;
        ASSERT_TRUE(take_varint(rest, read));
        EXPECT_EQ(read, value);
        EXPECT_TRUE(rest.empty());
    }
}

TEST(Varint, ZigzagKeepsSmallNegativesSmall) {
    EXPECT_EQ(zigzag(0), 0U);
    EXPECT_EQ(zigzag(-1), 1U);
    EXPECT_EQ(zigzag(1), 2U);
    EXPECT_EQ(unzigzag(zigzag(-300)), -300);
}

TEST(Varint, RefusesWhatIsCutOffOrTooLong) {
    const Bytes endless(11, std::byte{0x80});
    std::uint64_t value = 0;
    BytesView rest(endless);
    EXPECT_FALSE(take_unsigned_varint(rest, value));
    rest = BytesView(endless).first(2);
    EXPECT_FALSE(take_unsigned_varint(rest, value));
    const Bytes six{std::byte{0x80}, std::byte{0x80}, std::byte{0x80}, std::byte{0x80}, std::byte{0x80}, std::byte{1}};
    rest = six;
    EXPECT_FALSE(take_unsigned_varint(rest, value, 5));
}

}  // namespace
}  // namespace barnabas
