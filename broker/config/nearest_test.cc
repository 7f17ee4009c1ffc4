#include "config/nearest.h"

#include <array>

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(Nearest, TakesTheFewestSteps) {
    constexpr std::array<std::string_view, 4> keys{"log.dir", "log.dirs", "node.id", "num.partitions"};
    EXPECT_EQ(nearest("log.dirs", keys), "log.dirs");
    EXPECT_EQ(nearest("log.dirz", keys), "log.dir");
    EXPECT_EQ(nearest("num.partition", keys), "num.partitions");
    EXPECT_EQ(nearest("nodeid", keys), "node.id");
    EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace barnabas
