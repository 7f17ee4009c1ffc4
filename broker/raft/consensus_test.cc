#include "raft/consensus.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using namespace raft;
using namespace std::chrono_literals;

const ReplicaKey self{{1}, {}}, second{{2}, {}}, third{{3}, {}};
const Moment start{Instant(1000s), Timestamp(1000s)};

Moment later(std::chrono::milliseconds by) {
    return {start.instant + by, start.timestamp + by};
}

/// One of three static voters whose log holds epoch 1 up to offset 10.
Consensus voter(QuorumState state = {{1}, no_node, std::nullopt}) {
    LogOutline log;
    log.append({1}, {10});
    const VoterSet voters({{self, {}, 0, 0}, {second, {}, 0, 0}, {third, {}, 0, 0}});
    const Consensus::Options options{self, 1s, 1s, 2s, 1s, 20ms, 0ms, 1 << 20, 1 << 20, 1 << 20, false};
    return {options, std::move(state), log, VoterHistory(voters), 1, start};
}

/// Answers every request of the last step with `reply`.
template <class Reply>
Effects answer_all(Consensus& consensus, Moment now, const Effects& effects, Reply reply) {
    for (const SendRequest& request : effects.requests) {
        consensus.receive(now, request.to, request.correlation, reply);
    }
    return consensus.take_effects();
}

template <class Reply>
Reply only_reply(Consensus& consensus) {
    const Effects effects = consensus.take_effects();
    EXPECT_EQ(effects.replies.size(), 1u);
    return std::get<Reply>(effects.replies.at(0).reply);
}

VoteReply ask(Consensus& consensus, Moment now, const Vote& vote) {
    consensus.receive(now, {1}, vote);
    return only_reply<VoteReply>(consensus);
}

/// Elected in epoch 2; the effects hold the beginning of its epoch.
Effects elect(Consensus& consensus) {
    consensus.tick(later(2s));
    const Effects asked =
        answer_all(consensus, later(2s), consensus.take_effects(), VoteReply{{{}, {1}, no_node}, true});
    return answer_all(consensus, later(2s), asked, VoteReply{{{}, {2}, no_node}, true});
}

TEST(Consensus, AsksBeforeItDisturbsAnybodyWithANewEpoch) {
    Consensus consensus = voter();
    consensus.tick(later(2s));
    const Effects effects = consensus.take_effects();
    ASSERT_EQ(effects.requests.size(), 2u);
    EXPECT_TRUE(std::get<Vote>(effects.requests[0].request).pre_vote);
    EXPECT_EQ(consensus.state().epoch, LeaderEpoch{1});
    EXPECT_FALSE(effects.persist);
}

TEST(Consensus, RemembersItsVoteForItselfBeforeItAsksForOthers) {
    Consensus consensus = voter();
    consensus.tick(later(2s));
    const Effects effects =
        answer_all(consensus, later(2s), consensus.take_effects(), VoteReply{{{}, {1}, no_node}, true});
    EXPECT_EQ(effects.persist, (QuorumState{{2}, no_node, self}));
    ASSERT_FALSE(effects.requests.empty());
    EXPECT_FALSE(std::get<Vote>(effects.requests[0].request).pre_vote);
}

TEST(Consensus, BeginsItsEpochWithALeaderChange) {
    Consensus consensus = voter();
    const Effects effects = elect(consensus);
    EXPECT_EQ(effects.persist, (QuorumState{{2}, {1}, std::nullopt}));
    ASSERT_EQ(effects.log.size(), 1u);
    const RecordBatchView batch(std::get<AppendToLog>(effects.log[0]).batches);
    EXPECT_TRUE(batch.is_control());
    EXPECT_EQ(batch.base_offset(), Offset{10});
    EXPECT_EQ(effects.leadership, (Leadership{{1}, {2}, {10}}));
    EXPECT_FALSE(effects.high_watermark) << "nobody else has it";
}

TEST(Consensus, VotesOnceInAnEpochAndOnlyForACompleteLog) {
    Consensus consensus = voter();
    EXPECT_FALSE(ask(consensus, start, {second, self, {2}, {{1}, {9}}, false}).granted);
    EXPECT_TRUE(ask(consensus, start, {second, self, {2}, {{1}, {10}}, false}).granted);
    EXPECT_FALSE(ask(consensus, start, {third, self, {2}, {{1}, {10}}, false}).granted);
    EXPECT_TRUE(ask(consensus, start, {second, self, {2}, {{1}, {10}}, false}).granted) << "the answer may get lost";
    EXPECT_EQ(consensus.state(), (QuorumState{{2}, no_node, second}));
    EXPECT_EQ(ask(consensus, start, {third, self, {1}, {{1}, {10}}, false}).head.error, ErrorCode::fenced_leader_epoch);
}

TEST(Consensus, RefusesAPreVoteWhileItsLeaderAnswers) {
    Consensus consensus = voter({{1}, {2}, std::nullopt});
    const Vote pre_vote{third, self, {1}, {{1}, {10}}, true};
    consensus.tick(start);
    const Effects fetch = consensus.take_effects();
    EXPECT_TRUE(ask(consensus, start, pre_vote).granted);
    FetchReply reply;
    reply.head = {ErrorCode::none, {1}, {2}};
    answer_all(consensus, start, fetch, reply);
    EXPECT_FALSE(ask(consensus, start, pre_vote).granted);
}

TEST(Consensus, RefusesAVoteThatIsMeantForItsFormerDirectory) {
    LogOutline log;
    const ReplicaKey me{{1}, {7, 1}};
    const Consensus::Options options{me, 1s, 1s, 2s, 1s, 20ms, 0ms, 1 << 20, 1 << 20, 1 << 20, false};
    Consensus consensus(options, {}, log, VoterHistory(VoterSet({{me, {}, 0, 1}, {second, {}, 0, 1}})), 1, start);
    const VoteReply reply = ask(consensus, start, {second, {{1}, {7, 99}}, {2}, {}, false});
    EXPECT_EQ(reply.head.error, ErrorCode::invalid_voter_key);
}

TEST(Consensus, HoldsAFetchBackUntilThereIsSomethingNew) {
    Consensus consensus = voter();
    elect(consensus);
    const Fetch fetch{second, {2}, {{2}, {11}}, {11}, 500ms, 1000};
    consensus.receive(later(2s), {5}, fetch);
    const Effects first = consensus.take_effects();
    EXPECT_EQ(first.high_watermark, Offset{11});
    EXPECT_TRUE(first.replies.empty());
    ASSERT_TRUE(consensus.append(later(2s), {2}, std::vector<Bytes>{Bytes(3)}));
    consensus.tick(later(2s));
    const auto reply = only_reply<FetchReply>(consensus);
    EXPECT_EQ(reply.read_from, Offset{11});
    EXPECT_EQ(reply.high_watermark, Offset{11});
}

TEST(Consensus, TellsAFetcherWhereItsLogDiverges) {
    Consensus consensus = voter();
    elect(consensus);
    consensus.receive(later(2s), {5}, Fetch{second, {2}, {{1}, {15}}, {0}, 500ms, 1000});
    EXPECT_EQ(only_reply<FetchReply>(consensus).diverging, (LogPoint{{1}, {10}}));
}

TEST(Consensus, CutsItsLogWhereTheLeadersEnds) {
    Consensus consensus = voter({{2}, {2}, std::nullopt});
    consensus.tick(start);
    FetchReply reply;
    reply.head = {ErrorCode::none, {2}, {2}};
    reply.diverging = LogPoint{{1}, {6}};
    const Effects effects = answer_all(consensus, start, consensus.take_effects(), reply);
    ASSERT_EQ(effects.log.size(), 1u);
    EXPECT_EQ(std::get<TruncateLog>(effects.log[0]).end, Offset{6});
    EXPECT_EQ(std::get<Fetch>(effects.requests.at(0).request).end, (LogPoint{{1}, {6}}));
}

TEST(Consensus, DropsNothingCommittedForALeaderThatContradictsIt) {
    Consensus consensus = voter({{2}, {2}, std::nullopt});
    consensus.tick(start);
    FetchReply reply;
    reply.head = {ErrorCode::none, {2}, {2}};
    reply.high_watermark = {10};
    const Effects next = answer_all(consensus, start, consensus.take_effects(), reply);
    EXPECT_EQ(next.high_watermark, Offset{10});
    reply.diverging = LogPoint{{1}, {6}};
    EXPECT_TRUE(answer_all(consensus, start, next, reply).log.empty());
}

TEST(Consensus, GivesUpWithoutAMajority) {
    Consensus consensus = voter();
    elect(consensus);
    consensus.tick(later(2s + 3s));
    const Effects effects = consensus.take_effects();
    EXPECT_EQ(effects.leadership, (Leadership{no_node, {2}, no_offset}));
    EXPECT_TRUE(std::holds_alternative<EndEpoch>(effects.requests.at(0).request));
    EXPECT_FALSE(consensus.append(later(5s), {2}, std::vector<Bytes>{Bytes(3)}));
}

TEST(Consensus, StandsAtOnceWhenTheLeaderLeavesItFirstInLine) {
    Consensus consensus = voter({{2}, {2}, std::nullopt});
    consensus.receive(start, {1}, EndEpoch{{2}, {2}, {self, third}});
    const Effects effects = consensus.take_effects();
    EXPECT_TRUE(std::holds_alternative<Prospective>(consensus.role()));
    EXPECT_TRUE(std::get<Vote>(effects.requests.at(0).request).pre_vote);
}

TEST(Consensus, DoesNotLeadAnEpochTwice) {
    const Consensus consensus = voter({{1}, {1}, std::nullopt});
    EXPECT_TRUE(std::holds_alternative<Resigned>(consensus.role()));
}

}  // namespace
}  // namespace barnabas
