#include "common/peer_limit.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

const Instant start = Instant() + std::chrono::hours(1);

}  // namespace

TEST(PeerLimit, tells_so_much_of_a_peer_and_again_in_the_next_window) {
    PeerLimit limit(3);
    for (int i = 0; i < 3; ++i) {
        const auto verdict = limit.admit("10.0.0.7", start);
        EXPECT_TRUE(verdict.tell);
        EXPECT_EQ(verdict.last, i == 2);
    }
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(limit.admit("10.0.0.7", start + PeerLimit::window - std::chrono::milliseconds(1)).tell);
    }
    EXPECT_TRUE(limit.admit("10.0.0.8", start).tell);
    const Instant next = start + PeerLimit::window;
    EXPECT_FALSE(limit.admit("10.0.0.7", next).last);
    EXPECT_FALSE(limit.admit("10.0.0.7", next).last);
    const auto last = limit.admit("10.0.0.7", next);
    EXPECT_TRUE(last.last);
    EXPECT_EQ(last.held_back_before, 100u);
}

TEST(PeerLimit, stays_small_whoever_comes) {
    PeerLimit limit(1);
    std::size_t told = 0;
    for (int i = 0; i < 10'000; ++i) {
        told += limit.admit(std::to_string(i), start).tell ? 1 : 0;
    }
    EXPECT_EQ(told, PeerLimit::most_peers + 1);
    EXPECT_EQ(limit.peers(), PeerLimit::most_peers + 1);
    EXPECT_TRUE(limit.admit("new", start + PeerLimit::window).tell);
    EXPECT_EQ(limit.peers(), 1u);
}

}  // namespace barnabas
