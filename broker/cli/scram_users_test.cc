#include "cli/scram_users.h"

#include <gtest/gtest.h>

namespace barnabas {

TEST(ScramUsers, ReadsIterationsAndPassword) {
    const auto both = parse_scram_password("SCRAM-SHA-512", "iterations=8192,password=a,b=c");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->mechanism, ScramMechanism::sha_512);
    EXPECT_EQ(both->iterations, 8192);
    EXPECT_EQ(both->password, "a,b=c");
    const auto alone = parse_scram_password("SCRAM-SHA-256", "password=secret");
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->iterations, 4096);
}

TEST(ScramUsers, SaysWhatIsWrongWithoutThePassword) {
    for (const auto text :
         {"", "s3cret", "password=", "iterations=100,password=s3cret", "iterations=x,password=s3cret",
          "iterations=8192", "iterations=8192,s3cret", "iterations=16385,password=s3cret"}) {
        const auto wish = parse_scram_password("SCRAM-SHA-256", text);
        ASSERT_FALSE(wish) << text;
        EXPECT_EQ(wish.error().find("s3cret"), std::string::npos);
    }
    EXPECT_FALSE(parse_scram_password("producer_byte_rate", "1"));
}

}  // namespace barnabas
