#include "model/java_hash.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

TEST(JavaHash, HashesAsJavaDoes) {
    EXPECT_EQ(java_hash(""), 0);
    EXPECT_EQ(java_hash("console-consumer-12345"), 158455506);
    EXPECT_EQ(java_hash("badinst"), -346335285);
    EXPECT_EQ(java_hash("gr\xc3\xbc\xc3\x9f"), 3186062);
    EXPECT_EQ(java_hash("\xf0\x9f\xa6\x80"), 1772802);  // two UTF-16 units
    EXPECT_EQ(java_hash("polygenelubricants"), INT32_MIN);
}

TEST(JavaHash, ReadsWhatIsNotUtf8AsReplacements) {
    EXPECT_EQ(java_hash("\xff"), 0xfffd);
    EXPECT_EQ(java_hash("\xe2\x82"), 0xfffd);
    EXPECT_EQ(java_hash("\xe2\x82x"), 0xfffd * 31 + 'x');
}

}  // namespace

}  // namespace barnabas
