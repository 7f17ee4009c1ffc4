#include "model/topic_name.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(TopicName, TakesWhatKafkaTakes) {
    for (const auto* name : {"a", "orders", "...", "a.b_c-D9", "__consumer_offsets"}) {
        EXPECT_TRUE(validate_topic_name(name)) << name;
    }
    EXPECT_TRUE(validate_topic_name(std::string(249, 'a')));
}

TEST(TopicName, SaysInKafkasWordsWhatIsWrong) {
    const auto words = [](std::string_view name) { return validate_topic_name(name).error().detail; };
    EXPECT_EQ(words(""), "Topic name is invalid: the empty string is not allowed");
    EXPECT_EQ(words(".."), "Topic name is invalid: '..' is not allowed");
    EXPECT_EQ(
        words("a b"),
        "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    );
    EXPECT_TRUE(words(std::string(250, 'a')).ends_with("is longer than the max allowed length 249"));
    EXPECT_EQ(validate_topic_name("\xc3\xa9").error().code, ErrorCode::invalid_topic_exception);
}

TEST(TopicName, CollidesWithOneThatDiffersInDotsAndUnderscoresOnly) {
    EXPECT_TRUE(topic_names_collide("a.b", "a_b"));
    EXPECT_FALSE(topic_names_collide("a.b", "a-b"));
    EXPECT_FALSE(topic_names_collide("a.b", "a_bc"));
}

}  // namespace
}  // namespace barnabas
