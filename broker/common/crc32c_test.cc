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

}  // namespace
}  // namespace barnabas
