#include "common/java_double.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace barnabas {
namespace {

TEST(JavaDouble, IsWrittenAsJavaDoes) {
    EXPECT_EQ(java_text(0), "0.0");
    EXPECT_EQ(java_text(-0.0), "-0.0");
    EXPECT_EQ(java_text(1), "1.0");
    EXPECT_EQ(java_text(-12.5), "-12.5");
    EXPECT_EQ(java_text(100.1), "100.1");
    EXPECT_EQ(java_text(1024), "1024.0");
    EXPECT_EQ(java_text(9999999), "9999999.0");
    EXPECT_EQ(java_text(10000000), "1.0E7");
    EXPECT_EQ(java_text(12345678.9), "1.23456789E7");
    EXPECT_EQ(java_text(1234567890123.0), "1.234567890123E12");
    EXPECT_EQ(java_text(0.001), "0.001");
    EXPECT_EQ(java_text(0.0015), "0.0015");
    EXPECT_EQ(java_text(0.0001), "1.0E-4");
    EXPECT_EQ(java_text(1e-7), "1.0E-7");
    EXPECT_EQ(java_text(1e300), "1.0E300");
    EXPECT_EQ(java_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(java_text(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(JavaDouble, IsReadAsJavaDoes) {
    EXPECT_EQ(parse_java_double("1024"), 1024);
    EXPECT_EQ(parse_java_double(" +1.5e3 "), 1500);
    EXPECT_EQ(parse_java_double("-.5"), -0.5);
    EXPECT_EQ(parse_java_double("7."), 7);
    EXPECT_EQ(parse_java_double("1d"), 1);
    EXPECT_EQ(parse_java_double("2.5F"), 2.5);
    EXPECT_EQ(parse_java_double("Infinity"), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(parse_java_double("NaN").value()));
    for (const std::string_view text : {"", " ", "soon", "0x10", "inf", "nan", "1e", "--1", "1,5", "d", ".", "1 2"}) {
        EXPECT_EQ(parse_java_double(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace barnabas
