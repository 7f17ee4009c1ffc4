#include "cli/token_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace barnabas {
namespace {

TEST(TokenTable, LaysTokensOutAsKafkasToolDoes) {
    setenv("TZ", "UTC", 1);
    tzset();
    const TokenRow row{"id", "hmac==", "User:alice",     "User:maker", {"User:bob", "User:carol"},
                       0,    90'000,   1'795'276'262'137};
    EXPECT_EQ(
        token_table(std::vector{row}),
        "\n"
        "TOKENID         HMAC                           OWNER           REQUESTER       RENEWERS                  "
        "ISSUEDATE       EXPIRYDATE      MAXDATE        \n"
        "\n"
        "id              hmac==                         User:alice      User:maker      [User:bob, User:carol]    "
        "1970-01-01T00:00 1970-01-01T00:01 2026-11-21T15:51\n"
    );
    EXPECT_EQ(token_table({}).find('['), std::string::npos);
    EXPECT_EQ(principals_text({}), "[]");
}

}  // namespace
}  // namespace barnabas
