#include "raft/quorum_state.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

const VoterSet three = VoterSet({{{{1}, {}}, {}, 0, 0}, {{{2}, {}}, {}, 0, 0}, {{{3}, {}}, {}, 0, 0}});

TEST(QuorumState, IsWrittenAsApacheWritesItUnderDynamicVoters) {
    EXPECT_EQ(
        quorum_state_text({{1}, {1}, std::nullopt}, 1, {}),
        R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1})"
    );
}

TEST(QuorumState, IsWrittenAsApacheWritesItUnderStaticVoters) {
    EXPECT_EQ(
        quorum_state_text({{4}, no_node, ReplicaKey{{2}, {}}}, 0, three),
        R"({"clusterId":"","leaderId":-1,"leaderEpoch":4,"votedId":2,"appliedOffset":0,)"
        R"("currentVoters":[{"voterId":1},{"voterId":2},{"voterId":3}],"data_version":0})"
    );
}

TEST(QuorumState, IsReadBackInBothVersions) {
    const QuorumState state{{7}, no_node, ReplicaKey{{3}, *Uuid::parse("tBrzjx4pTGGUUmk9jpcKuQ")}};
    EXPECT_EQ(parse_quorum_state(quorum_state_text(state, 1, three)), state);
    const QuorumState without_directory{{7}, no_node, ReplicaKey{{3}, {}}};
    EXPECT_EQ(parse_quorum_state(quorum_state_text(state, 0, three)), without_directory);
}

TEST(QuorumState, SaysWhatIsWrongWithAText) {
    EXPECT_EQ(parse_quorum_state("{\"leaderId\":").error(), "it is no JSON object");
    EXPECT_EQ(parse_quorum_state("{}").error(), "data_version is not between 0 and 1");
    EXPECT_EQ(
        parse_quorum_state(R"({"leaderEpoch":1,"votedId":-1,"data_version":0})").error(),
        "leaderId is missing or no 32 bit number"
    );
    EXPECT_EQ(
        parse_quorum_state(R"({"leaderId":1,"leaderEpoch":-4,"votedId":-1,"data_version":0})").error(),
        "leaderId, leaderEpoch or votedId is below what it may be"
    );
}

}  // namespace
}  // namespace barnabas
