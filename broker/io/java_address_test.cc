#include "io/java_address.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(JavaAddress, WritesIpv6InEightGroups) {
    const auto text = [](const char* address) { return java_address(boost::asio::ip::make_address(address)); };
    EXPECT_EQ(text("::1"), "0:0:0:0:0:0:0:1");
    EXPECT_EQ(text("2001:db8::a0b"), "2001:db8:0:0:0:0:0:a0b");
    EXPECT_EQ(text("10.0.0.7"), "10.0.0.7");
    EXPECT_EQ(text("::ffff:10.0.0.7"), "10.0.0.7");
}

}  // namespace
}  // namespace barnabas
