#include "common/event_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

namespace barnabas::event {
namespace {

const Time time = Time(std::chrono::milliseconds(1795239115123));  // 2026-11-21 05:31:55.123 UTC

struct EventLine : testing::Test {
    EventLine() {
        setenv("TZ", "UTC", 1);
        tzset();
    }
};

TEST_F(EventLine, ForAPersonHasTimeLevelEventAndFacts) {
    EXPECT_EQ(
        human_line(time, Level::info, "segment rolled", {{"partition", "orders-3"}, {"base_offset", 42}}, false),
        "2026-11-21 05:31:55.123 INFO  segment rolled partition=orders-3 base_offset=42"
    );
}

TEST_F(EventLine, ForAPersonQuotesWhatWouldReadAsTwoFactsOrBreakTheLine) {
    const auto line =
        human_line(time, Level::warn, "x", {{"a", "b c"}, {"d", ""}, {"e", "f=g"}, {"h", "i\n\x01\""}}, false);
    EXPECT_EQ(line, R"(2026-11-21 05:31:55.123 WARN  x a="b c" d="" e="f=g" h="i\n\u0001\"")");
}

TEST_F(EventLine, IsTextWhateverAPeerSent) {
    EXPECT_TRUE(human_line(time, Level::info, "x", {{"a", "\xff"}}, false).ends_with("a=\"\xef\xbf\xbd\""));
    EXPECT_TRUE(json_line(time, Level::info, "x", {{"a", "\xc3\xa4\xff"}}).ends_with("\"\xc3\xa4\xef\xbf\xbd\"}"));
}

TEST_F(EventLine, ForAPersonShowsNumbersAndTruth) {
    const auto line = human_line(time, Level::error, "x", {{"a", true}, {"b", 0.5}, {"c", -7}}, true);
    EXPECT_EQ(line, "2026-11-21 05:31:55.123 \033[31mERROR\033[0m x a=true b=0.5 c=-7");
}

TEST_F(EventLine, ForAMachineIsOneJsonObject) {
    const auto line = json_line(
        time, Level::info, "say \"hi\"",
        {{"text", "a\\b"}, {"number", 42}, {"truth", false}, {"nan", std::numeric_limits<double>::quiet_NaN()}}
    );
    EXPECT_EQ(
        line,
        R"({"time":"2026-11-21T05:31:55.123Z","level":"info","event":"say \"hi\"","text":"a\\b","number":42,"truth":false,"nan":null})"
    );
}

}  // namespace
}  // namespace barnabas::event
