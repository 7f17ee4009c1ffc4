#include "config/properties.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

std::vector<std::pair<std::string, std::string>> read(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto properties = parse_properties(text);
    for (const auto& each : properties.value()) {
        pairs.emplace_back(each.key, each.value);
    }
    return pairs;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Properties, SeparatesKeyAndValueByEqualsColonOrBlanks) {
    EXPECT_EQ(read("a=1\nb:2\nc 3\n d \t= 4\ne"), (Pairs{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", ""}}));
    EXPECT_EQ(read("listeners=PLAINTEXT://:9092"), (Pairs{{"listeners", "PLAINTEXT://:9092"}}));
}

TEST(Properties, SkipsCommentsAndEmptyLines) {
    EXPECT_EQ(read("# one \\\n! two\r\n\r\n   \t\n  # three\na=1#no comment"), (Pairs{{"a", "1#no comment"}}));
}

TEST(Properties, JoinsContinuedLines) {
    EXPECT_EQ(read("a=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=y\\"), (Pairs{{"a", "1,2,3"}, {"b", "x\\"}, {"c", "y"}}));
    EXPECT_EQ(parse_properties("a=1\\\n2\nb=3").value()[1].line, 3U);
}

TEST(Properties, ReadsEscapes) {
    EXPECT_EQ(read("a\\ b\\=c\\:d=\\t\\n\\q\\\\"), (Pairs{{"a b=c:d", "\t\nq\\"}}));
    EXPECT_EQ(read("a=\\u00e9\\u20AC\\ud83d\\ude00"), (Pairs{{"a", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"}}));
}

TEST(Properties, KeepsTrailingBlanksOfAValue) {
    EXPECT_EQ(read("a=1  \n"), (Pairs{{"a", "1  "}}));
}

TEST(Properties, SaysWhichLineIsWrong) {
    for (const auto* bad :
         {"x=1\ny=\\u12", "x=1\ny=\\u12g4", "x=1\ny=\\ud800", "x=1\ny=\\ud800\\u0041", "x\n\\u+123"}) {
        const auto result = parse_properties(bad);
        ASSERT_FALSE(result) << bad;
        EXPECT_TRUE(result.error().starts_with("line 2: ")) << result.error();
    }
}

TEST(Properties, ReadsBackWhatItWrites) {
    const std::vector<Property> written{
        {"a b", "  c=d:#!\\", 1},
        {"#k", "\t\n\r\f", 2},
        {"plain.key", "", 3},
        {"\xc3\xa9", "x\\u", 4},
    };
    EXPECT_EQ(parse_properties(write_properties(written)).value(), written);
}

TEST(Properties, TakesAnOverrideAsItStands) {
    EXPECT_EQ(parse_override("a=b=\\t").value(), (Property{"a", "b=\\t", 0}));
    EXPECT_FALSE(parse_override("=b"));
    EXPECT_EQ(parse_override("num").error(), "--override num: it must have the form key=value");
}

}  // namespace
}  // namespace barnabas
