#include "cli/config_changes.h"

#include <gmock/gmock.h>

namespace barnabas {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(ConfigChanges, BracketsHoldCommasTogether) {
    EXPECT_THAT(
        *parse_config_changes("cleanup.policy=[compact,delete], retention.ms = 1"),
        ElementsAre(Pair("cleanup.policy", "compact,delete"), Pair("retention.ms", "1"))
    );
    EXPECT_THAT(*parse_config_changes("a="), ElementsAre(Pair("a", "")));
}

TEST(ConfigChanges, SaysWhatIsWrong) {
    EXPECT_THAT(parse_config_changes("a").error(), HasSubstr("key=val"));
    EXPECT_THAT(parse_config_changes("a=b=c").error(), HasSubstr("key=val"));
    EXPECT_THAT(parse_config_changes("a b=c").error(), HasSubstr("Invalid character found for config key: a b"));
}

TEST(ConfigChanges, KeepEqualsSignsInBrackets) {
    const auto changes = parse_config_changes("SCRAM-SHA-256=[iterations=8192,password=a=b],x=1");
    ASSERT_TRUE(changes);
    EXPECT_EQ(changes->at("SCRAM-SHA-256"), "iterations=8192,password=a=b");
    EXPECT_EQ(changes->at("x"), "1");
}

}  // namespace barnabas
