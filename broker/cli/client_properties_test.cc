#include "cli/client_properties.h"

#include <gmock/gmock.h>

namespace barnabas {

using testing::HasSubstr;
using testing::Optional;

TEST(ClientProperties, ReadsValuesOfTheirKinds) {
    ClientProperties properties;
    ASSERT_TRUE(properties.add("retries=3"));
    ASSERT_TRUE(properties.add("enable.idempotence=false"));
    ASSERT_TRUE(properties.add("empty"));
    EXPECT_EQ(properties.number("retries", 0, 0, 10), 3);
    EXPECT_FALSE(properties.boolean("enable.idempotence", true));
    EXPECT_EQ(properties.text("empty", "x"), "");
    EXPECT_EQ(properties.text("other", "x"), "x");
    EXPECT_EQ(properties.fault(), std::nullopt);
    EXPECT_FALSE(properties.add("=v"));
}

TEST(ClientProperties, SaysWhatIsWrong) {
    ClientProperties properties;
    properties.set("retries", "many");
    (void)properties.number("retries", 0, 0, 10);
    EXPECT_THAT(properties.fault(), Optional(HasSubstr("retries must be a number from 0 to 10, not 'many'")));
}

TEST(ClientProperties, RefusesSecurityThatIsNotThere) {
    ClientProperties plain, both, unknown;
    plain.set("security.protocol", "PLAINTEXT");
    both.set("security.protocol", "sasl_ssl");
    unknown.set("security.protocol", "SASL");
    EXPECT_EQ(plain.fault(), std::nullopt);
    EXPECT_EQ(both.fault(), std::nullopt);
    EXPECT_THAT(unknown.fault(), Optional(HasSubstr("security.protocol=SASL")));
}

}  // namespace barnabas
