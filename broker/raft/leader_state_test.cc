#include "raft/leader_state.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using namespace std::chrono_literals;

const ReplicaKey self{{1}, {}}, second{{2}, {}}, third{{3}, {}};
const VoterSet three({{self, {}, 0, 1}, {second, {}, 0, 1}, {third, {}, 0, 1}});
const Instant start{1000s};
const Timestamp today{1000s};

LeaderState leader(const VoterSet& voters = three) {
    return {{self, 2s}, voters, {10}, start};
}

TEST(LeaderState, CommitsWhatAMajorityHolds) {
    LeaderState state = leader();
    EXPECT_EQ(state.high_watermark({20}), std::nullopt);
    state.fetched(second, {15}, {20}, start, today);
    EXPECT_EQ(state.high_watermark({20}), Offset{15});
    state.fetched(third, {20}, {20}, start, today);
    EXPECT_EQ(state.high_watermark({20}), Offset{20});
}

TEST(LeaderState, CommitsNothingOfEarlierEpochsBeforeARecordOfItsOwn) {
    LeaderState state = leader();
    state.fetched(second, {10}, {11}, start, today);
    state.fetched(third, {10}, {11}, start, today);
    EXPECT_EQ(state.high_watermark({11}), std::nullopt) << "another could still be elected and replace them";
    state.fetched(second, {11}, {11}, start, today);
    EXPECT_EQ(state.high_watermark({11}), Offset{11});
}

TEST(LeaderState, CommitsAloneWhenItIsTheOnlyVoter) {
    EXPECT_EQ(leader(VoterSet({{self, {}, 0, 1}})).high_watermark({11}), Offset{11});
}

TEST(LeaderState, CountsNoObserverAndNoReplacedDirectory) {
    const VoterSet voters({{self, {}, 0, 1}, {{{2}, {7, 2}}, {}, 0, 1}});
    LeaderState state = leader(voters);
    state.fetched({{9}, {}}, {20}, {20}, start, today);
    state.fetched({{2}, {7, 99}}, {20}, {20}, start, today);
    EXPECT_EQ(state.high_watermark({20}), std::nullopt);
    state.fetched({{2}, {7, 2}}, {20}, {20}, start, today);
    EXPECT_EQ(state.high_watermark({20}), Offset{20});
}

TEST(LeaderState, LastsAsLongAsAMajorityFetches) {
    LeaderState state = leader();
    EXPECT_EQ(state.quorum_deadline(), start + 3s) << "one and a half fetch timeouts from the beginning";
    state.fetched(third, {5}, {20}, start + 2s, today);
    EXPECT_EQ(state.quorum_deadline(), start + 5s);
    EXPECT_EQ(leader(VoterSet({{self, {}, 0, 1}})).quorum_deadline(), Instant::max());
}

TEST(LeaderState, TellsSilentVotersWhoLeads) {
    LeaderState state = leader();
    EXPECT_EQ(state.silent(start), (std::vector{second, third}));
    state.acknowledged(second.id, start);
    state.fetched(third, {5}, {20}, start + 500ms, today);
    EXPECT_TRUE(state.silent(start + 999ms).empty());
    EXPECT_EQ(state.silent(start + 1s), std::vector{second});
}

TEST(LeaderState, NamesTheMostCompleteLogAsFirstSuccessor) {
    LeaderState state = leader();
    state.fetched(third, {15}, {20}, start, today);
    state.fetched(second, {12}, {20}, start, today);
    EXPECT_EQ(state.successors(), (std::vector{third, second}));
}

TEST(LeaderState, DescribesHowFarEachReplicaIs) {
    LeaderState state = leader();
    state.fetched(second, {20}, {20}, start, today);
    state.fetched(second, {20}, {25}, start + 1s, today + 1s);
    state.fetched({{9}, {}}, {3}, {25}, start, today);
    QuorumInfo info;
    state.describe(info, {25}, today + 2s);
    ASSERT_EQ(info.voters.size(), 3u);
    EXPECT_EQ(info.voters[0], (QuorumReplica{self, {25}, today + 2s, today + 2s}));
    EXPECT_EQ(info.voters[1], (QuorumReplica{second, {20}, today + 1s, today}));
    EXPECT_EQ(info.voters[2], (QuorumReplica{third, no_offset, no_timestamp, no_timestamp}));
    EXPECT_EQ(info.observers, (std::vector{QuorumReplica{{{9}, {}}, {3}, today, no_timestamp}}));
}

}  // namespace
}  // namespace barnabas
