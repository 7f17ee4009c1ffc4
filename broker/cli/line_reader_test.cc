#include "cli/line_reader.h"

#include <gmock/gmock.h>

namespace barnabas {

namespace {

using testing::HasSubstr;
using Properties = std::map<std::string, std::string, std::less<>>;

std::expected<Record, std::string> read(const Properties& properties, std::string_view line) {
    return LineReader::make(properties)->parse(line);
}

Bytes bytes(std::string_view text) {
    return copy(as_bytes(text));
}

}  // namespace

TEST(LineReader, ALineIsAValue) {
    EXPECT_EQ(*read({}, "a\tb"), (Record{{}, bytes("a\tb"), {}}));
}

TEST(LineReader, KeysAndHeadersStandBeforeTheValue) {
    const auto record = read({{"parse.key", "true"}, {"parse.headers", "true"}}, "h:1,g:\tk\tv\tw");
    EXPECT_EQ(record->key, bytes("k"));
    EXPECT_EQ(record->value, bytes("v\tw"));
    EXPECT_EQ(record->headers, (std::vector<Header>{{"h", bytes("1")}, {"g", bytes("")}}));
}

TEST(LineReader, TheNullMarkerStandsForNothing) {
    const Properties properties{{"parse.key", "true"}, {"null.marker", "NULL"}};
    EXPECT_EQ(read(properties, "NULL\tv")->key, std::nullopt);
    EXPECT_EQ(read(properties, "k\tNULL")->value, std::nullopt);
}

TEST(LineReader, AMissingSeparatorIsAnErrorUnlessIgnored) {
    EXPECT_EQ(read({{"parse.key", "true"}}, "v").error(), "No key separator found on line number 1: 'v'");
    const auto record = read({{"parse.key", "true"}, {"ignore.error", "true"}}, "v");
    EXPECT_EQ(record->key, std::nullopt);
    EXPECT_EQ(record->value, bytes("v"));
    EXPECT_THAT(
        read({{"parse.headers", "true"}}, "h\tv").error(), HasSubstr("No header key separator found in pair 'h'")
    );
}

TEST(LineReader, RefusesWhatCannotBeToldApart) {
    EXPECT_FALSE(LineReader::make({{"headers.separator", ":"}}));
    EXPECT_FALSE(LineReader::make({{"null.marker", "\t"}}));
    EXPECT_THAT(LineReader::make({{"parse.kye", "true"}}).error(), HasSubstr("parse.kye"));
}

}  // namespace barnabas
