#include "handlers/delegation_token_index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "security/delegation_token.h"

namespace barnabas {
namespace {

constexpr std::string_view secret = "secret-of-tokens";

class DelegationTokenIndexTest : public testing::Test {
protected:
    void make(const std::string& id, std::int64_t expires = 1) {
        DelegationTokenRecord token;
        token.token_id = id;
        token.expiration_timestamp = expires;
        image_.apply(token);
    }
    void remove(const std::string& id) {
        RemoveDelegationTokenRecord removal;
        removal.token_id = id;
        image_.apply(removal);
    }
    /// The id of what is found; empty for nothing.
    std::string found(BytesView hmac) {
        const auto token = index_.find(image_.delegation_tokens(), hmac);
        return token ? token->token_id : "";
    }
    std::string found_by_id(const std::string& id) { return found(delegation_token_hmac(secret, id)); }

    SecurityImage image_;
    DelegationTokenIndex index_{std::string(secret)};
};

TEST_F(DelegationTokenIndexTest, FollowsTheTokens) {
    EXPECT_EQ(found_by_id("a"), "");
    make("a");
    EXPECT_EQ(found_by_id("a"), "a") << "although it was looked for before it was made";
    make("b");
    make("a", 2);
    EXPECT_EQ(index_.find(image_.delegation_tokens(), delegation_token_hmac(secret, "a"))->expiration_timestamp, 2);
    EXPECT_EQ(found_by_id("b"), "b");
    const SecurityImage::Tokens before = image_.delegation_tokens();
    remove("a");
    EXPECT_EQ(found_by_id("a"), "");
    EXPECT_EQ(found_by_id("b"), "b");
    EXPECT_NE(index_.find(before, delegation_token_hmac(secret, "a")), nullptr) << "of who still has an older image";
    make("a", 3);
    EXPECT_EQ(found_by_id("a"), "a");
}

TEST_F(DelegationTokenIndexTest, TakesNothingButTheWholeHmac) {
    make("a");
    Bytes hmac = delegation_token_hmac(secret, "a");
    for (std::size_t size = 0; size < hmac.size(); ++size) {
        EXPECT_EQ(found(BytesView(hmac).first(size)), "");
    }
    for (auto& byte : hmac) {
        byte ^= std::byte{1};
        EXPECT_EQ(found(hmac), "");
        byte ^= std::byte{1};
    }
    EXPECT_EQ(found(delegation_token_hmac("another secret", "a")), "");
    EXPECT_EQ(found(hmac), "a");
}

TEST_F(DelegationTokenIndexTest, FindsNothingWithoutASecret) {
    make("a");
    EXPECT_EQ(DelegationTokenIndex("").find(image_.delegation_tokens(), delegation_token_hmac("", "a")), nullptr);
}

TEST_F(DelegationTokenIndexTest, FindsAmongTenThousandWithoutAWalk) {
    using Clock = std::chrono::steady_clock;
    constexpr int tokens = 10'000;
    for (int i = 0; i < tokens; ++i) {
        make(fmt::format("token-{}", i));
    }
    const auto begin = Clock::now();
    EXPECT_EQ(found_by_id("token-5"), "token-5");
    const std::chrono::duration<double, std::milli> first = Clock::now() - begin;
    std::chrono::duration<double, std::micro> quickest = std::chrono::hours(1);
    for (int i = 0; i < 100; ++i) {
        const std::string id = fmt::format("token-{}", i * 100);
        const Bytes hmac = delegation_token_hmac(secret, id);
        make("token-5", i);  // every renewal is another image
        const auto start = Clock::now();
        EXPECT_EQ(found(hmac), id);
        quickest = std::min<std::chrono::duration<double, std::micro>>(quickest, Clock::now() - start);
    }
    std::cout << fmt::format(
        "a token among 10,000: {:.1f} us, the first one {:.1f} ms\n", quickest.count(), first.count()
    );
    EXPECT_LT(quickest.count() * 50, first.count() * 1000) << "it is not worked out anew for every token";
}

}  // namespace
}  // namespace barnabas
