#include "replica/isr_state.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

using namespace std::chrono_literals;

constexpr NodeId leader{1}, second{2}, third{3};
const Instant start{};

IsrState three_replicas(Offset log_end = {0}) {
    return IsrState({.max_lag = 30s}, leader, {leader, second, third}, {leader, second, third}, log_end, start);
}

TEST(IsrState, CommitsWhatEveryInSyncReplicaHolds) {
    IsrState isr = three_replicas();
    isr.appended({10}, start);
    isr.fetched(second, {10}, start);
    EXPECT_EQ(isr.high_watermark(), Offset{0});
    isr.fetched(third, {7}, start);
    EXPECT_EQ(isr.high_watermark(), Offset{7});
}

TEST(IsrState, DropsAReplicaThatStaysShortOfTheEndForMaxLag) {
    IsrState isr = three_replicas();
    isr.appended({10}, start);
    isr.fetched(second, {10}, start + 30s);
    EXPECT_FALSE(isr.change(start + 30s));
    const auto change = isr.change(start + 31s);
    ASSERT_TRUE(change);
    EXPECT_EQ(change->in_sync, (std::vector{leader, second}));
}

TEST(IsrState, KeepsAReplicaThatTrailsASteadyLoad) {
    IsrState isr = three_replicas();
    for (int second_of_load = 1; second_of_load <= 100; ++second_of_load) {
        const Instant now = start + std::chrono::seconds(second_of_load);
        const Offset end_before{(second_of_load - 1) * 10};
        isr.appended(end_before + 10, now);
        isr.fetched(second, end_before, now);  // always one append behind
        isr.fetched(third, end_before, now);
        EXPECT_FALSE(isr.change(now));
    }
}

TEST(IsrState, WaitsForTheControllerBeforeCommittingWithoutAReplica) {
    IsrState isr = three_replicas();
    isr.appended({10}, start);
    isr.fetched(second, {10}, start + 31s);
    ASSERT_TRUE(isr.change(start + 31s));
    EXPECT_EQ(isr.high_watermark(), Offset{0});  // the proposal may still be refused
    isr.confirmed({leader, second});
    EXPECT_EQ(isr.high_watermark(), Offset{10});
}

TEST(IsrState, ReplicaThatIsJoiningCountsFromTheProposalOn) {
    IsrState isr({.max_lag = 30s}, leader, {leader, second}, {leader}, {10}, start);
    EXPECT_EQ(isr.high_watermark(), Offset{10});
    isr.fetched(second, {10}, start + 1s);
    ASSERT_TRUE(isr.change(start + 1s));
    isr.appended({20}, start + 2s);
    EXPECT_EQ(isr.high_watermark(), Offset{10});  // the controller may already have made it a member
    isr.rejected();
    isr.appended({21}, start + 3s);
    EXPECT_EQ(isr.high_watermark(), Offset{21});
}

}  // namespace

}  // namespace barnabas
