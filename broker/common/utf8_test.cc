#include "common/utf8.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(Utf8, LeavesTextAsItIs) {
    for (const std::string_view text :
         {"", "plain", "\x7f", "h\xc3\xa4tte", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbf\xbf"}) {
        EXPECT_EQ(as_utf8(text), text);
    }
}

TEST(Utf8, ReplacesEveryByteThatBelongsToNoCharacter) {
    EXPECT_EQ(
        as_utf8("a\xff"
                "b"),
        "a\xef\xbf\xbd"
        "b"
    );
    EXPECT_EQ(as_utf8("\xc3"), "\xef\xbf\xbd");                  // cut off
    EXPECT_EQ(as_utf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");  // a longer form of '/'
    EXPECT_EQ(utf8_length("\xed\xa0\x80"), 0U);                  // half a surrogate pair
    EXPECT_EQ(utf8_length("\xf4\x90\x80\x80"), 0U);              // past the last character
    EXPECT_EQ(utf8_length("\xe0\x80\x80"), 0U);
}

}  // namespace
}  // namespace barnabas
