#include "cli/topic_filter.h"

#include <gmock/gmock.h>

namespace barnabas {

TEST(TopicFilter, TheWholeNameMustMatch) {
    const auto filter = TopicFilter::parse("ord.*");
    EXPECT_TRUE(filter->matches("orders"));
    EXPECT_FALSE(filter->matches("my-orders"));
}

TEST(TopicFilter, CommasSeparateAlternatives) {
    const auto filter = TopicFilter::parse("\"a, b\"");
    EXPECT_TRUE(filter->matches("a"));
    EXPECT_FALSE(filter->matches("a, b"));
}

TEST(TopicFilter, SaysWhatIsWrongWithAnExpression) {
    EXPECT_THAT(TopicFilter::parse("a(").error(), testing::HasSubstr("a( is an invalid regex"));
    EXPECT_NE(regex_fault("a("), "");
    EXPECT_EQ(regex_fault("a.*"), "");
}

}  // namespace barnabas
