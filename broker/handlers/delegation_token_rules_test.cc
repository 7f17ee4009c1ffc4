#include "handlers/delegation_token_rules.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp moment{milliseconds(1'000'000)};
constexpr TokenTimes times{milliseconds(5000), milliseconds(2000)};

DelegationTokenRecord token_of(std::int64_t asked = -1, const TokenTimes& limits = times) {
    DelegationTokenRecord token;
    token.owner = "User:alice";
    token.requester = "User:maker";
    token.renewers = {"User:bob"};
    begin_token(token, asked, limits, moment);
    return token;
}

Timestamp at(std::int64_t millis) {
    return Timestamp(milliseconds(millis));
}

TEST(DelegationTokenRules, GiveATokenNoLongerThanTheSettings) {
    const auto token = token_of();
    EXPECT_EQ(token.issue_timestamp, 1'000'000);
    EXPECT_EQ(token.expiration_timestamp, 1'002'000);
    EXPECT_EQ(token.max_timestamp, 1'005'000);
    EXPECT_EQ(token_of(0).max_timestamp, 1'005'000);
    EXPECT_EQ(token_of(INT64_MAX).max_timestamp, 1'005'000);
    EXPECT_EQ(token_of(3000).max_timestamp, 1'003'000);
    EXPECT_EQ(token_of(1000).expiration_timestamp, 1'001'000) << "it need not be renewed before it ends";
}

TEST(DelegationTokenRules, EndWithTheLastTimestamp) {
    const TokenTimes endless{milliseconds::max(), milliseconds::max()};
    EXPECT_EQ(token_of(-1, endless).max_timestamp, INT64_MAX);
    EXPECT_EQ(renewed_end(token_of(-1, endless), "User:alice", INT64_MAX, endless, moment).expires, INT64_MAX);
    EXPECT_EQ(wanted_end(token_of(-1, endless), "User:alice", INT64_MAX, endless, moment).expires, INT64_MAX);
}

TEST(DelegationTokenRules, LetTheOwnerAndRenewersRenewWithinTheLifetime) {
    const auto token = token_of();
    for (const auto* principal : {"User:alice", "User:bob"}) {
        EXPECT_EQ(renewed_end(token, principal, -1, times, at(1'001'000)).expires, 1'003'000);
        EXPECT_EQ(renewed_end(token, principal, 500, times, at(1'001'000)).expires, 1'001'500);
    }
    auto late = token;
    late.expiration_timestamp = late.max_timestamp;
    EXPECT_EQ(renewed_end(late, "User:bob", 9000, times, at(1'004'000)).expires, late.max_timestamp);
    EXPECT_EQ(
        renewed_end(token, "User:maker", -1, times, moment).error_code, ErrorCode::delegation_token_owner_mismatch
    );
}

TEST(DelegationTokenRules, RenewNothingThatIsOver) {
    const auto token = token_of();
    EXPECT_FALSE(is_over(token, at(1'002'000)));
    EXPECT_TRUE(is_over(token, at(1'002'001)));
    for (const auto* principal : {"User:alice", "User:eve"}) {
        const auto end = renewed_end(token, principal, -1, times, at(1'002'001));
        EXPECT_EQ(end.error_code, ErrorCode::delegation_token_expired);
        EXPECT_EQ(end.expires, 0);
    }
}

TEST(DelegationTokenRules, EndATokenSoonOrAtOnce) {
    const auto token = token_of();
    EXPECT_EQ(wanted_end(token, "User:bob", 0, times, moment).expires, 1'000'000);
    EXPECT_FALSE(wanted_end(token, "User:bob", 0, times, moment).at_once);
    EXPECT_EQ(wanted_end(token, "User:bob", 4000, times, moment).expires, 1'004'000) << "more than a renewal grants";
    EXPECT_TRUE(wanted_end(token, "User:alice", -7, times, at(1'009'000)).at_once) << "even when it is over";
    EXPECT_EQ(wanted_end(token, "User:alice", 5, times, at(1'009'000)).error_code, ErrorCode::delegation_token_expired);
    EXPECT_EQ(
        wanted_end(token, "User:maker", -1, times, moment).error_code, ErrorCode::delegation_token_owner_mismatch
    );
}

TEST(DelegationTokenRules, TellWhoseATokenIs) {
    for (const auto* principal : {"User:alice", "User:maker", "User:bob"}) {
        EXPECT_TRUE(concerns(token_of(), principal));
    }
    EXPECT_FALSE(concerns(token_of(), "User:eve"));
}

TEST(DelegationTokenRules, TakePrincipalsApart) {
    EXPECT_EQ(PrincipalParts::of("User:CN=a:b"), (PrincipalParts{"User", "CN=a:b"}));
    EXPECT_EQ(PrincipalParts::of("User"), (PrincipalParts{"User", ""}));
    EXPECT_EQ(PrincipalParts::of("User:x").text(), "User:x");
}

}  // namespace
}  // namespace barnabas
