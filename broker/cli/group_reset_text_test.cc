#include <gmock/gmock.h>

#include "cli/group_reset.h"

namespace barnabas {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(GroupResetText, ReadsDurations) {
    EXPECT_EQ(parse_duration("P1DT2H3M4.5S"), milliseconds(93'784'500));
    EXPECT_EQ(parse_duration("PT0S"), milliseconds(0));
    EXPECT_EQ(parse_duration("pt-1.5s"), milliseconds(-1'500));
    EXPECT_EQ(parse_duration("-P1D"), milliseconds(-86'400'000));
    for (const char* wrong : {"", "P", "PT", "1D", "P1H", "P1DT2", "P1Y"}) {
        EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
    }
}

TEST(GroupResetText, ReadsTimes) {
    EXPECT_EQ(parse_datetime("1970-01-02T00:00:00.001"), Timestamp(milliseconds(86'400'001)));
    EXPECT_EQ(parse_datetime("1970-01-01T02:00:00.000+02:00"), Timestamp(milliseconds(0)));
    EXPECT_EQ(parse_datetime("1970-01-01T00:00:00.000-0130"), Timestamp(milliseconds(5'400'000)));
    EXPECT_EQ(parse_datetime("1970-01-01T00:00:00.000Z"), Timestamp(milliseconds(0)));
    for (const char* wrong : {"1970-13-01T00:00:00.000", "1970-01-01", "1970-01-01T24:00:00.000", "soon"}) {
        EXPECT_EQ(parse_datetime(wrong), std::nullopt) << wrong;
    }
}

TEST(GroupResetText, ReadsFiles) {
    const NewOffsets offsets{{{"t", {1}}, Offset{7}}};
    EXPECT_EQ(parse_reset_csv("t,1,7\n", {"g"})->at("g"), offsets);
    EXPECT_EQ(parse_reset_csv("h,t,1,7\n", {"g", "h"})->at("h"), offsets);
    EXPECT_THAT(parse_reset_csv("t,1,7\n", {"g", "h"}).error(), HasSubstr("'t,1,7' is not a line"));
    EXPECT_FALSE(parse_reset_csv("t,x,7\n", {"g"}));
}

}  // namespace barnabas
