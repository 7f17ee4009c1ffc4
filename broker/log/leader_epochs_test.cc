#include "log/leader_epochs.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using Entries = std::vector<LeaderEpochs::Entry>;

LeaderEpochs some() {
    return *LeaderEpochs::parse("0\n3\n0 0\n2 10\n5 20\n");
}

TEST(LeaderEpochs, IsItsText) {
    EXPECT_EQ(some().entries(), (Entries{{{0}, {0}}, {{2}, {10}}, {{5}, {20}}}));
    EXPECT_EQ(some().text(), "0\n3\n0 0\n2 10\n5 20\n");
    EXPECT_EQ(LeaderEpochs().text(), "0\n0\n");
}

TEST(LeaderEpochs, RefusesATornText) {
    for (const auto* text :
         {"1\n0\n", "0\n2\n0 0\n", "0\n1\n0\n", "0\n1\na b\n", "0\n1\n-1 0\n", "0\n1\n0 -4\n", "0\n1\n0 0"}) {
        EXPECT_FALSE(LeaderEpochs::parse(text)) << text;
    }
}

TEST(LeaderEpochs, AnswersWhereAnEpochEnds) {
    const LeaderEpochs epochs = some();
    const auto end = [&](std::int32_t epoch) { return epochs.end_offset({epoch}, {33}); };
    EXPECT_EQ(end(5), (LeaderEpochs::EndOffset{{5}, {33}}));
    EXPECT_EQ(end(4), (LeaderEpochs::EndOffset{{2}, {20}}));
    EXPECT_EQ(end(2), (LeaderEpochs::EndOffset{{2}, {20}}));
    EXPECT_EQ(end(0), (LeaderEpochs::EndOffset{{0}, {10}}));
    EXPECT_EQ(end(6), LeaderEpochs::EndOffset());
    EXPECT_EQ(end(-1), LeaderEpochs::EndOffset());
    EXPECT_EQ(LeaderEpochs().end_offset({0}, {33}), LeaderEpochs::EndOffset());
    LeaderEpochs later;
    later.assign({4}, {50});
    EXPECT_EQ(later.end_offset({1}, {60}), (LeaderEpochs::EndOffset{{1}, {50}}));
}

TEST(LeaderEpochs, AnswersTheEpochOfARecord) {
    EXPECT_EQ(some().epoch_at({9}), LeaderEpoch{0});
    EXPECT_EQ(some().epoch_at({10}), LeaderEpoch{2});
    EXPECT_EQ(some().epoch_at({99}), LeaderEpoch{5});
    EXPECT_FALSE(LeaderEpochs().epoch_at({0}));
}

TEST(LeaderEpochs, DropsWhatANewLeaderContradicts) {
    LeaderEpochs epochs = some();
    EXPECT_FALSE(epochs.assign({5}, {25}));
    EXPECT_TRUE(epochs.assign({6}, {15}));
    EXPECT_EQ(epochs.entries(), (Entries{{{0}, {0}}, {{2}, {10}}, {{6}, {15}}}));
    EXPECT_TRUE(epochs.assign({1}, {30}));
    EXPECT_EQ(epochs.entries(), (Entries{{{0}, {0}}, {{1}, {30}}}));
}

TEST(LeaderEpochs, ShrinksAtBothEnds) {
    LeaderEpochs epochs = some();
    EXPECT_FALSE(epochs.truncate_end({21}));
    EXPECT_TRUE(epochs.truncate_end({20}));
    EXPECT_EQ(epochs.latest()->epoch, LeaderEpoch{2});
    EXPECT_TRUE(epochs.truncate_start({12}));
    EXPECT_EQ(epochs.entries(), (Entries{{{2}, {12}}}));
    EXPECT_FALSE(epochs.truncate_start({12}));
    EXPECT_FALSE(epochs.truncate_start({5}));
}

}  // namespace
}  // namespace barnabas
