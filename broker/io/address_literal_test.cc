#include "io/address_literal.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(AddressLiteral, HasOneSpellingForEveryAddress) {
    EXPECT_EQ(address_literal("127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(address_literal("127.1"), "127.0.0.1");
    EXPECT_EQ(address_literal("127.258"), "127.0.1.2");
    EXPECT_EQ(address_literal("10.1.515"), "10.1.2.3");
    EXPECT_EQ(address_literal("2130706433"), "127.0.0.1");
    EXPECT_EQ(address_literal("010.1.1.1"), "10.1.1.1");
    EXPECT_EQ(address_literal("255.255.255.255"), "255.255.255.255");
    EXPECT_EQ(address_literal("0:0:0:0:0:0:0:1"), "::1");
    EXPECT_EQ(address_literal("[2001:DB8::5]"), "2001:db8::5");
    EXPECT_EQ(address_literal("::ffff:10.0.0.1"), "10.0.0.1");
}

TEST(AddressLiteral, LeavesNamesToBeLookedUp) {
    for (const std::string_view text :
         {"",           ".",          "localhost", "300.1.1.1",        "1.2.3.4.5",    "1.2.3.",    ".1.2.3",
          "1..2",       "4294967296", "256.1",     "1.16777216",       "0x7f000001",   " 10.0.0.1", "10.0.0.1 ",
          "10.0.0.0/8", "-1",         "+1",        "0000000000000001", "[127.0.0.1]",  "[::1",      "::1]",
          "[]",         ":",          "1::2::3",   "fe80::1%lo",       "10.0.0.1:9092"}) {
        EXPECT_EQ(address_literal(text), std::nullopt) << text;
    }
    EXPECT_EQ(address_literal(std::string_view("::1\0", 4)), std::nullopt);
}

}  // namespace
}  // namespace barnabas
