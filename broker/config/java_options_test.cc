#include "config/java_options.h"

#include <gtest/gtest.h>

namespace barnabas {

TEST(JavaOptions, have_properties_of_which_the_last_counts) {
    const auto options = "-Xmx1g -Da=1  -Dab=2\n-Dc -Dd= -Da=x=y";
    EXPECT_EQ(java_property(options, "a"), "x=y");
    EXPECT_EQ(java_property(options, "ab"), "2");
    EXPECT_EQ(java_property(options, "c"), std::nullopt);
    EXPECT_EQ(java_property(options, "d"), "");
    EXPECT_EQ(java_property(options, "Xmx1g"), std::nullopt);
    EXPECT_EQ(java_property("", "a"), std::nullopt);
}

}  // namespace barnabas
