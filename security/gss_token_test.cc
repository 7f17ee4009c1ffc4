#include "security/gss_token.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace barnabas {

namespace {

using std::string_view_literals::operator""sv;

/// Behind a length of one octet, and of two.
const std::string short_token("\x60\x0e\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00\x6e"sv);
const std::string long_token =
    std::string("\x60\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00"sv) + std::string(243, 'x');

}  // namespace

TEST(GssToken, is_an_ap_req_of_kerberos) {
    EXPECT_TRUE(is_first_kerberos_token(as_bytes(short_token)));
    EXPECT_TRUE(is_first_kerberos_token(as_bytes(long_token)));
}

TEST(GssToken, is_none_when_its_frame_is_cut_or_flipped) {
    for (const std::string& good : {short_token, long_token}) {
        for (std::size_t size = 0; size < good.size(); ++size) {
            EXPECT_FALSE(is_first_kerberos_token(as_bytes(std::string_view(good).substr(0, size)))) << size;
        }
        EXPECT_FALSE(is_first_kerberos_token(as_bytes(good + "x")));
        for (std::size_t at = 0; at < good.size() - 1 && good[at] != 'x'; ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string bad = good;
                bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
                EXPECT_FALSE(is_first_kerberos_token(as_bytes(bad))) << at << " " << bit;
            }
        }
    }
    EXPECT_FALSE(is_first_kerberos_token(as_bytes("\x60\x80\x06"sv)));
    EXPECT_FALSE(is_first_kerberos_token(as_bytes("\x60\x88\xff\xff\xff\xff\xff\xff\xff\xff\x06"sv)));
    EXPECT_FALSE(is_first_kerberos_token({}));
}

}  // namespace barnabas
