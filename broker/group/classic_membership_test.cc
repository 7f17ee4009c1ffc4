#include <gtest/gtest.h>

#include "group/test_bench.h"
#include "group/test_requests.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

GroupOptions without_delay() {
    GroupOptions options;
    options.initial_rebalance_delay = 0ms;
    return options;
}

class ClassicMembership : public testing::Test {
protected:
    /// Joins as a client does: once for the id, once with it. Answered when the generation is complete.
    Ticket join_with_new_id(std::string& id, JoinWords words = {}) {
        const Ticket first = bench.join(join_request(words));
        id = join_answer(first).member_id;
        EXPECT_EQ(join_answer(first).error_code, ErrorCode::member_id_required);
        words.member = id;
        return bench.join(join_request(words));
    }
    /// A stable group of one member, which leads it in generation 1.
    std::string stable_member(JoinWords words = {}) {
        std::string id;
        const Ticket ticket = words.instance ? bench.join(join_request(words)) : join_with_new_id(id, words);
        bench.pass(0ms);
        EXPECT_EQ(join_answer(ticket).error_code, ErrorCode::none);
        id = join_answer(ticket).member_id;
        const Ticket sync = bench.sync(sync_request(
            {.group = words.group,
             .generation = join_answer(ticket).generation_id,
             .member = id,
             .assignments = {{id, "mine"}},
             .instance = words.instance,
             .protocol = words.protocols.front(),
             .type = words.type}
        ));
        EXPECT_EQ(sync_error(sync), ErrorCode::none);
        return id;
    }
    const JoinGroupResponse& join_answer(Ticket ticket) {
        const auto* answer = bench.answer<JoinGroupResponse>(ticket);
        EXPECT_NE(answer, nullptr);
        static const JoinGroupResponse none;
        return answer ? *answer : none;
    }
    ErrorCode join_error(const JoinWords& words, std::int16_t version = 9) {
        return join_answer(bench.join(join_request(words), version)).error_code;
    }
    ErrorCode sync_error(Ticket ticket) {
        const auto* answer = bench.answer<SyncGroupResponse>(ticket);
        EXPECT_NE(answer, nullptr);
        return answer ? answer->error_code : ErrorCode::unknown_server_error;
    }
    std::string assignment(Ticket ticket) {
        const auto* answer = bench.answer<SyncGroupResponse>(ticket);
        EXPECT_NE(answer, nullptr);
        return answer ? std::string(as_text(answer->assignment)) : "";
    }
    std::string state(std::string_view group = "g") { return bench.shard().describe(group, 6).group_state; }

    ShardBench bench{without_delay()};
};

TEST_F(ClassicMembership, RefusesWhatIsOutOfBounds) {
    for (std::int16_t version = 0; version <= 9; ++version) {
        EXPECT_EQ(join_error({.group = ""}, version), ErrorCode::invalid_group_id);
        EXPECT_EQ(join_error({.session_ms = 5999}, version), ErrorCode::invalid_session_timeout);
        EXPECT_EQ(join_error({.session_ms = 1800001}, version), ErrorCode::invalid_session_timeout);
        EXPECT_EQ(join_error({.group = "none", .member = "m"}, version), ErrorCode::unknown_member_id);
        EXPECT_EQ(join_error({.type = ""}, version), ErrorCode::inconsistent_group_protocol);
        EXPECT_EQ(join_error({.protocols = {}}, version), ErrorCode::inconsistent_group_protocol);
    }
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, "m", {}, "")), ErrorCode::invalid_group_id);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, "m", {}, "none")), ErrorCode::unknown_member_id);
    EXPECT_EQ(sync_error(bench.sync(sync_request({.group = "", .member = "m"}))), ErrorCode::invalid_group_id);
    EXPECT_EQ(sync_error(bench.sync(sync_request({.group = "none", .member = "m"}))), ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, SyncFromVersion5NeedsProtocolTypeAndName) {
    auto request = sync_request({.member = "m"});
    request.protocol_name.reset();
    EXPECT_EQ(sync_error(bench.sync(request, 5)), ErrorCode::inconsistent_group_protocol);
    EXPECT_EQ(sync_error(bench.sync(request, 4)), ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, AsksForAMemberIdFromVersion4On) {
    const Ticket old = bench.join(join_request({.group = "old"}), 3);
    bench.pass(0ms);
    EXPECT_EQ(join_answer(old).error_code, ErrorCode::none);
    EXPECT_EQ(join_answer(old).generation_id, 1);

    const JoinGroupResponse& answer = join_answer(bench.join(join_request({})));
    EXPECT_EQ(answer.error_code, ErrorCode::member_id_required);
    EXPECT_TRUE(answer.member_id.starts_with("client-"));
    EXPECT_EQ(answer.generation_id, -1);
    EXPECT_EQ(state(), "Empty");
}

TEST_F(ClassicMembership, AMemberIdThatIsNotUsedIsForgotten) {
    const std::string id = join_answer(bench.join(join_request({}))).member_id;
    bench.pass(10s);
    EXPECT_EQ(join_error({.member = id}), ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, OneMemberLeadsAndGetsItsAssignment) {
    std::string id;
    const Ticket join = join_with_new_id(id);
    bench.pass(0ms);
    const JoinGroupResponse& answer = join_answer(join);
    EXPECT_EQ(answer.leader, id);
    EXPECT_EQ(answer.generation_id, 1);
    EXPECT_EQ(answer.protocol_name, "range");
    EXPECT_EQ(answer.protocol_type, "consumer");
    ASSERT_EQ(answer.members.size(), 1u);
    EXPECT_EQ(answer.members[0].metadata, subscription_to("orders"));
    EXPECT_EQ(state(), "CompletingRebalance");

    const Ticket sync = bench.sync(sync_request({.member = id, .assignments = {{id, "all"}}}));
    EXPECT_EQ(assignment(sync), "all");
    EXPECT_EQ(state(), "Stable");
    // Asking again brings the same answer.
    EXPECT_EQ(assignment(bench.sync(sync_request({.member = id}))), "all");
}

TEST_F(ClassicMembership, WritesWhatApacheWrites) {
    const std::string id = stable_member();
    ASSERT_EQ(bench.log().size(), 2u);
    const auto& created = std::get<ClassicGroupRecord>(bench.log()[0]);
    EXPECT_EQ(created.value->generation, 0);
    EXPECT_EQ(created.value->protocol_type, "");
    EXPECT_FALSE(created.value->protocol);
    EXPECT_FALSE(created.value->leader);
    const auto& stable = std::get<ClassicGroupRecord>(bench.log()[1]);
    EXPECT_EQ(stable.value->generation, 1);
    EXPECT_EQ(stable.value->protocol, "range");
    EXPECT_EQ(stable.value->leader, id);
    ASSERT_EQ(stable.value->members.size(), 1u);
    EXPECT_EQ(as_text(stable.value->members[0].assignment), "mine");
    EXPECT_EQ(stable.value->members[0].client_host, "/10.0.0.1");

    bench.leave(leave_request({{id, {}}}));
    const auto& left = std::get<ClassicGroupRecord>(bench.log().back());
    EXPECT_EQ(left.value->generation, 2);
    EXPECT_EQ(left.value->protocol_type, "consumer");
    EXPECT_FALSE(left.value->protocol);
    EXPECT_TRUE(left.value->members.empty());
    EXPECT_EQ(state(), "Empty");
}

TEST_F(ClassicMembership, TheFirstRebalanceWaitsForMoreMembers) {
    GroupOptions options;
    options.initial_rebalance_delay = 3s;
    bench = ShardBench(options);
    std::string first, second;
    const Ticket one = join_with_new_id(first);
    bench.pass(2s);
    const Ticket two = join_with_new_id(second);
    bench.pass(1s);
    EXPECT_FALSE(bench.answered(one));  // somebody came: wait once more
    bench.pass(3s);
    EXPECT_EQ(join_answer(one).generation_id, 1);
    EXPECT_EQ(join_answer(two).generation_id, 1);
    EXPECT_EQ(join_answer(one).leader, join_answer(two).leader);
    EXPECT_EQ(join_answer(one).members.size() + join_answer(two).members.size(), 2u);
}

TEST_F(ClassicMembership, TheInitialDelayEndsWithTheRebalanceTimeout) {
    GroupOptions options;
    options.initial_rebalance_delay = 3s;
    bench = ShardBench(options);
    std::vector<Ticket> tickets;
    for (int i = 0; i < 4; ++i) {
        std::string id;
        tickets.push_back(join_with_new_id(id, {.rebalance_ms = 7000}));
        bench.pass(2s);
    }
    EXPECT_EQ(join_answer(tickets.front()).generation_id, 1);  // after 7 s, although members kept coming
}

TEST_F(ClassicMembership, ANewMemberMakesTheOthersRejoin) {
    const std::string first = stable_member();
    std::string second;
    const Ticket join = join_with_new_id(second);
    EXPECT_FALSE(bench.answered(join));
    EXPECT_EQ(state(), "PreparingRebalance");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, first)), ErrorCode::rebalance_in_progress);
    EXPECT_EQ(sync_error(bench.sync(sync_request({.member = first}))), ErrorCode::rebalance_in_progress);

    const Ticket again = bench.join(join_request({.member = first}));
    EXPECT_EQ(join_answer(again).generation_id, 2);
    EXPECT_EQ(join_answer(join).generation_id, 2);
    EXPECT_EQ(join_answer(again).members.size(), 2u);
    EXPECT_TRUE(join_answer(join).members.empty());
    EXPECT_EQ(join_answer(join).leader, first);

    const Ticket follower = bench.sync(sync_request({.generation = 2, .member = second}));
    EXPECT_FALSE(bench.answered(follower));
    const Ticket leader =
        bench.sync(sync_request({.generation = 2, .member = first, .assignments = {{first, "a"}, {second, "b"}}}));
    EXPECT_EQ(assignment(leader), "a");
    EXPECT_EQ(assignment(follower), "b");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, first)), ErrorCode::illegal_generation);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(2, first)), ErrorCode::none);
}

TEST_F(ClassicMembership, WhoDoesNotRejoinInTimeIsOut) {
    const std::string first = stable_member({.session_ms = 60000, .rebalance_ms = 20000});
    std::string second;
    const Ticket join = join_with_new_id(second, {.session_ms = 60000, .rebalance_ms = 20000});
    bench.pass(19s);
    EXPECT_FALSE(bench.answered(join));
    bench.pass(1s);
    EXPECT_EQ(join_answer(join).generation_id, 2);
    EXPECT_EQ(join_answer(join).leader, second);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(2, first)), ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, WhoDoesNotSyncInTimeIsOut) {
    const std::string first = stable_member({.session_ms = 60000, .rebalance_ms = 20000});
    std::string second;
    const Ticket join = join_with_new_id(second, {.session_ms = 60000, .rebalance_ms = 20000});
    bench.join(join_request({.member = first, .session_ms = 60000, .rebalance_ms = 20000}));
    ASSERT_TRUE(bench.answered(join));
    const Ticket sync = bench.sync(sync_request({.generation = 2, .member = second}));
    bench.pass(20s);
    EXPECT_EQ(sync_error(sync), ErrorCode::rebalance_in_progress);  // the leader is gone
    const Ticket again = bench.join(join_request({.member = second}));
    EXPECT_EQ(join_answer(again).generation_id, 3);
    EXPECT_EQ(join_answer(again).leader, second);
}

TEST_F(ClassicMembership, ASilentMemberIsOutAfterItsSession) {
    const std::string id = stable_member();
    bench.pass(9s);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::none);
    bench.pass(9s);
    EXPECT_EQ(state(), "Stable");
    bench.pass(1s);
    EXPECT_EQ(state(), "Empty");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, WhoWaitsIsNotTakenForSilent) {
    const std::string first = stable_member({.session_ms = 10000, .rebalance_ms = 60000});
    const std::string third = [&] {
        std::string second;
        const Ticket ticket = join_with_new_id(second, {.session_ms = 10000, .rebalance_ms = 60000});
        for (int i = 0; i < 8; ++i) {
            bench.pass(5s);
            (void)bench.heartbeat(heartbeat_request(1, first));
        }
        EXPECT_FALSE(bench.answered(ticket));
        bench.join(join_request({.member = first}));
        EXPECT_EQ(join_answer(ticket).generation_id, 2);
        return second;
    }();
    EXPECT_EQ(bench.heartbeat(heartbeat_request(2, third)), ErrorCode::none);
}

TEST_F(ClassicMembership, ALeaderThatRejoinsAsksForANewAssignmentAndAFollowerDoesNot) {
    const std::string first = stable_member();
    std::string second;
    const Ticket join = join_with_new_id(second);
    bench.join(join_request({.member = first}));
    ASSERT_TRUE(bench.answered(join));
    bench.sync(sync_request({.generation = 2, .member = second}));
    bench.sync(sync_request({.generation = 2, .member = first}));
    ASSERT_EQ(state(), "Stable");

    const Ticket follower = bench.join(join_request({.member = second}));
    EXPECT_EQ(join_answer(follower).generation_id, 2);
    EXPECT_TRUE(join_answer(follower).members.empty());
    EXPECT_EQ(state(), "Stable");
    bench.join(join_request({.member = first}));
    EXPECT_EQ(state(), "PreparingRebalance");
}

TEST_F(ClassicMembership, AFollowerWithOtherMetadataStartsARebalance) {
    const std::string first = stable_member();
    std::string second;
    const Ticket join = join_with_new_id(second);
    bench.join(join_request({.member = first}));
    ASSERT_TRUE(bench.answered(join));
    bench.sync(sync_request({.generation = 2, .member = first}));
    const Bytes other = subscription_to("payments");
    bench.join(join_request({.member = second, .metadata = other}));
    EXPECT_EQ(state(), "PreparingRebalance");
}

TEST_F(ClassicMembership, WhoHasNothingInCommonWithTheMembersIsRefused) {
    stable_member({.protocols = {"range", "sticky"}});
    EXPECT_EQ(join_error({.protocols = {"cooperative"}}), ErrorCode::inconsistent_group_protocol);
    EXPECT_EQ(join_error({.type = "connect"}), ErrorCode::inconsistent_group_protocol);
    EXPECT_EQ(join_error({.protocols = {"cooperative", "sticky"}}), ErrorCode::member_id_required);
}

TEST_F(ClassicMembership, VotesAreCountedAmongWhatAllSupport) {
    GroupOptions options;
    options.initial_rebalance_delay = 3s;
    bench = ShardBench(options);
    std::string a, b, c;
    const Ticket one = join_with_new_id(a, {.protocols = {"range", "roundrobin", "sticky"}});
    join_with_new_id(b, {.protocols = {"roundrobin", "range"}});
    join_with_new_id(c, {.protocols = {"sticky", "roundrobin", "range"}});
    bench.pass(6s);
    EXPECT_EQ(join_answer(one).protocol_name, "roundrobin");
}

TEST_F(ClassicMembership, OneNameGivenTwiceCountsOnce) {
    const std::string id = stable_member({.protocols = {"range", "range"}});
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::none);
}

TEST_F(ClassicMembership, AFullGroupTakesNobodyElse) {
    GroupOptions options = without_delay();
    options.max_size = 1;
    bench = ShardBench(options);
    const std::string id = stable_member();
    const Ticket ticket = bench.join(join_request({}));
    EXPECT_EQ(join_answer(ticket).error_code, ErrorCode::group_max_size_reached);
    EXPECT_EQ(join_answer(ticket).member_id, "");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::none);
}

TEST_F(ClassicMembership, LeavingIsAnsweredMemberByMember) {
    const std::string id = stable_member();
    const std::string pending = join_answer(bench.join(join_request({}))).member_id;
    const auto* answer = bench.answer<LeaveGroupResponse>(
        bench.leave(leave_request({{"stranger", {}}, {pending, {}}, {"", "i"}, {id, "i"}, {id, {}}}))
    );
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error_code, ErrorCode::none);
    ASSERT_EQ(answer->members.size(), 5u);
    EXPECT_EQ(answer->members[0].error_code, ErrorCode::unknown_member_id);
    EXPECT_EQ(answer->members[1].error_code, ErrorCode::none);
    EXPECT_EQ(answer->members[2].error_code, ErrorCode::unknown_member_id);
    EXPECT_EQ(answer->members[3].error_code, ErrorCode::unknown_member_id);
    EXPECT_EQ(answer->members[4].error_code, ErrorCode::none);
    EXPECT_EQ(state(), "Empty");

    const auto* nowhere = bench.answer<LeaveGroupResponse>(bench.leave(leave_request({{id, {}}}, "none")));
    ASSERT_TRUE(nowhere);
    EXPECT_EQ(nowhere->error_code, ErrorCode::none);
    EXPECT_EQ(nowhere->members[0].error_code, ErrorCode::unknown_member_id);
}

TEST_F(ClassicMembership, ALeaderWhoseAssignmentIsRefusedByTheLogTriesAgain) {
    std::string id;
    const Ticket join = join_with_new_id(id);
    bench.pass(0ms);
    ASSERT_TRUE(bench.answered(join));
    bench.refuse_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(
        sync_error(bench.sync(sync_request({.member = id, .assignments = {{id, "a"}}}))),
        ErrorCode::coordinator_not_available
    );
    bench.refuse_writes(ErrorCode::none);
    const Ticket again = bench.join(join_request({.member = id}));
    EXPECT_EQ(join_answer(again).generation_id, 2);
}

TEST_F(ClassicMembership, AssignmentsAreGivenOnlyWhenTheyAreCommitted) {
    std::string id;
    join_with_new_id(id);
    bench.pass(0ms);
    bench.commit_at_once(false);
    const Ticket sync = bench.sync(sync_request({.member = id, .assignments = {{id, "a"}}}));
    EXPECT_FALSE(bench.answered(sync));
    EXPECT_EQ(state(), "CompletingRebalance");
    bench.commit_all();
    EXPECT_EQ(assignment(sync), "a");
    EXPECT_EQ(state(), "Stable");
}

TEST_F(ClassicMembership, AGroupSurvivesItsCoordinator) {
    const std::string id = stable_member();
    bench.restart();
    EXPECT_EQ(state(), "Stable");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::none);
    EXPECT_EQ(assignment(bench.sync(sync_request({.member = id}))), "mine");
    bench.restart();
    bench.pass(10s);
    EXPECT_EQ(state(), "Empty");  // it did not find the new coordinator in time
}

TEST_F(ClassicMembership, AStaticMemberComesBackWithoutARebalance) {
    const std::string old = stable_member({.instance = "i"});
    const Ticket back = bench.join(join_request({.instance = "i"}), 9);
    const JoinGroupResponse& answer = join_answer(back);
    EXPECT_EQ(answer.error_code, ErrorCode::none);
    EXPECT_NE(answer.member_id, old);
    EXPECT_EQ(answer.generation_id, 1);
    EXPECT_TRUE(answer.skip_assignment);
    EXPECT_EQ(answer.leader, answer.member_id);
    EXPECT_EQ(answer.members.size(), 1u);
    const std::string id = answer.member_id;
    EXPECT_EQ(state(), "Stable");
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, old, "i")), ErrorCode::fenced_instance_id);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id, "i")), ErrorCode::none);
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id, "j")), ErrorCode::unknown_member_id);
    EXPECT_EQ(assignment(bench.sync(sync_request({.member = id, .instance = "i"}))), "mine");
    bench.restart();
    EXPECT_EQ(bench.heartbeat(heartbeat_request(1, id, "i")), ErrorCode::none);
}

TEST_F(ClassicMembership, AnOlderStaticLeaderIsToldThatAnotherLeads) {
    const std::string old = stable_member({.instance = "i"});
    const JoinGroupResponse& answer = join_answer(bench.join(join_request({.instance = "i"}), 8));
    EXPECT_EQ(answer.leader, old);
    EXPECT_NE(answer.member_id, old);
    EXPECT_FALSE(answer.skip_assignment);
    EXPECT_TRUE(answer.members.empty());
}

TEST_F(ClassicMembership, AStaticMembersTwinFencesWhoWaits) {
    const std::string first = stable_member();
    const Ticket waiting = bench.join(join_request({.instance = "i"}));
    EXPECT_FALSE(bench.answered(waiting));
    const Ticket twin = bench.join(join_request({.instance = "i"}));
    EXPECT_EQ(join_answer(waiting).error_code, ErrorCode::fenced_instance_id);
    bench.join(join_request({.member = first}));
    EXPECT_EQ(join_answer(twin).generation_id, 2);
}

TEST_F(ClassicMembership, AStaticMemberWithOtherProtocolsStartsARebalance) {
    stable_member({.instance = "i", .protocols = {"range", "sticky"}});
    const Ticket back = bench.join(join_request({.instance = "i", .protocols = {"sticky", "range"}}));
    EXPECT_EQ(join_answer(back).generation_id, 2);
    EXPECT_EQ(join_answer(back).protocol_name, "sticky");
}

TEST_F(ClassicMembership, StaticMembersAreFencedAndRemovedByInstance) {
    const std::string id = stable_member({.instance = "i"});
    EXPECT_EQ(join_error({.member = "wrong", .instance = "i"}), ErrorCode::fenced_instance_id);
    EXPECT_EQ(join_error({.member = id, .instance = "j"}), ErrorCode::unknown_member_id);
    EXPECT_EQ(
        sync_error(bench.sync(sync_request({.member = "wrong", .instance = "i"}))), ErrorCode::fenced_instance_id
    );
    const auto* left =
        bench.answer<LeaveGroupResponse>(bench.leave(leave_request({{"wrong", "i"}, {"", "i"}, {id, "i"}})));
    ASSERT_TRUE(left);
    EXPECT_EQ(left->members[0].error_code, ErrorCode::fenced_instance_id);
    EXPECT_EQ(left->members[1].error_code, ErrorCode::none);
    EXPECT_EQ(left->members[2].error_code, ErrorCode::unknown_member_id);
    EXPECT_EQ(state(), "Empty");
}

TEST_F(ClassicMembership, AStaticMemberThatIsAwayKeepsItsPlaceForItsSession) {
    const std::string id = stable_member({.instance = "i", .session_ms = 100000, .rebalance_ms = 20000});
    std::string second;
    const Ticket join = join_with_new_id(second, {.rebalance_ms = 20000});
    bench.pass(20s);
    EXPECT_EQ(join_answer(join).generation_id, 2);
    EXPECT_EQ(join_answer(join).members.size(), 2u);  // the static member is still assigned to
}

TEST_F(ClassicMembership, SyncIsCheckedAgainstGenerationAndProtocol) {
    std::string id;
    join_with_new_id(id);
    bench.pass(0ms);
    EXPECT_EQ(sync_error(bench.sync(sync_request({.generation = 7, .member = id}))), ErrorCode::illegal_generation);
    EXPECT_EQ(sync_error(bench.sync(sync_request({.member = "other"}))), ErrorCode::unknown_member_id);
    EXPECT_EQ(
        sync_error(bench.sync(sync_request({.member = id, .protocol = "nope"}))), ErrorCode::inconsistent_group_protocol
    );
    EXPECT_EQ(
        sync_error(bench.sync(sync_request({.member = id, .type = "nope"}))), ErrorCode::inconsistent_group_protocol
    );
}

TEST_F(ClassicMembership, AGroupThatCannotBeWrittenIsNotThere) {
    bench = ShardBench(GroupOptions());
    bench.refuse_writes(ErrorCode::not_leader_or_follower);
    const Ticket old = bench.join(join_request({}), 3);
    EXPECT_EQ(join_answer(old).error_code, ErrorCode::not_coordinator);
    EXPECT_EQ(state(), "Dead");
}

}  // namespace
}  // namespace barnabas
