#include <gtest/gtest.h>

#include "group/test_bench.h"
#include "group/test_requests.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using Fetched = OffsetFetchResponse::OffsetFetchResponseGroup;

class Offsets : public testing::Test {
protected:
    Offsets() {
        GroupOptions options;
        options.initial_rebalance_delay = 0ms;
        options.offsets_retention = std::chrono::hours(24);
        bench = ShardBench(options);
    }
    /// A stable group of one static member, subscribed to "orders" if of type consumer, in generation 1.
    std::string stable_member(std::string_view type = "consumer") {
        const Ticket join = bench.join(join_request({.instance = "i", .session_ms = 1800000, .type = type}));
        bench.pass(0ms);
        std::string id = bench.answer<JoinGroupResponse>(join)->member_id;
        bench.sync(sync_request({.member = id, .assignments = {{id, "a"}}, .instance = "i", .type = type}));
        return id;
    }
    ErrorCode commit(const CommitWords& words, std::int16_t version = 9) {
        const auto* answer = bench.answer<OffsetCommitResponse>(bench.commit(commit_request(words), version));
        EXPECT_TRUE(answer);
        return answer ? answer->topics.at(0).partitions.at(0).error_code : ErrorCode::unknown_server_error;
    }
    std::int64_t committed(std::string_view group, std::string_view topic, std::int32_t partition, TopicId id = {}) {
        const auto* answer = bench.answer<Fetched>(bench.fetch(fetch_request(group, topic, partition, id)));
        EXPECT_TRUE(answer);
        return answer ? answer->topics.at(0).partitions.at(0).committed_offset : -2;
    }
    std::size_t topics_of(std::string_view group) {
        const auto* answer = bench.answer<Fetched>(bench.fetch(fetch_request(group)));
        return answer ? answer->topics.size() : 99;
    }
    ErrorCode delete_group(std::string_view group) {
        return bench.answer<DeleteGroupsResponse>(bench.delete_groups({group}))->results.at(0).error_code;
    }
    bool exists(std::string_view group) { return bench.shard().groups().find(group) != nullptr; }

    ShardBench bench;
};

TEST_F(Offsets, AGroupWithoutMembersCommits) {
    EXPECT_EQ(commit({.offset = 42, .metadata = "note"}), ErrorCode::none);
    EXPECT_EQ(committed("g", "orders", 0), 42);
    EXPECT_EQ(committed("g", "orders", 1), -1);
    EXPECT_EQ(committed("none", "orders", 0), -1);
    const auto* all = bench.answer<Fetched>(bench.fetch(fetch_request("g")));
    EXPECT_EQ(all->topics.at(0).partitions.at(0).metadata, "note");
    EXPECT_EQ(bench.shard().describe("g", 6).group_state, "Empty");
    EXPECT_EQ(commit({.group = ""}), ErrorCode::none);
}

TEST_F(Offsets, ACommitIsCheckedAgainstTheGroup) {
    for (std::int16_t version = 2; version <= 8; ++version) {
        EXPECT_EQ(commit({.group = "none", .generation = 3, .member = "m"}, version), ErrorCode::illegal_generation);
    }
    EXPECT_EQ(commit({.group = "none", .generation = 3, .member = "m"}, 9), ErrorCode::group_id_not_found);
    EXPECT_EQ(commit({.group = "simple"}), ErrorCode::none);
    EXPECT_EQ(commit({.group = "simple", .generation = 3, .member = "m"}), ErrorCode::unknown_member_id);
    EXPECT_EQ(commit({.group = "simple", .generation = -1, .member = "m"}), ErrorCode::none);
    EXPECT_EQ(commit({.group = "simple", .instance = "i"}), ErrorCode::none);

    const std::string id = stable_member();
    EXPECT_EQ(commit({.generation = 1, .member = id}), ErrorCode::none);
    EXPECT_EQ(commit({.generation = 0, .member = id}), ErrorCode::illegal_generation);
    EXPECT_EQ(commit({.generation = 1, .member = "other"}), ErrorCode::unknown_member_id);
    EXPECT_EQ(commit({.generation = -1}), ErrorCode::unknown_member_id);
    EXPECT_EQ(commit({.generation = -1, .member = id}), ErrorCode::illegal_generation);
    EXPECT_EQ(commit({.generation = 1, .member = id, .instance = "j"}), ErrorCode::unknown_member_id);
    EXPECT_EQ(commit({.generation = 1, .member = "other", .instance = "i"}), ErrorCode::fenced_instance_id);
}

TEST_F(Offsets, NobodyCommitsBetweenJoinAndSync) {
    const Ticket join = bench.join(join_request({.instance = "i"}));
    bench.pass(0ms);
    const std::string id = bench.answer<JoinGroupResponse>(join)->member_id;
    EXPECT_EQ(commit({.generation = 1, .member = id}), ErrorCode::rebalance_in_progress);
}

TEST_F(Offsets, ACommitKeepsItsMemberAlive) {
    const Ticket join = bench.join(join_request({.instance = "i", .session_ms = 10000}));
    bench.pass(0ms);
    const std::string id = bench.answer<JoinGroupResponse>(join)->member_id;
    bench.sync(sync_request({.member = id, .instance = "i"}));
    for (int i = 0; i < 5; ++i) {
        bench.pass(9s);
        EXPECT_EQ(commit({.generation = 1, .member = id}), ErrorCode::none);
    }
}

TEST_F(Offsets, LongMetadataIsRefused) {
    const std::string long_text(4097, 'x');
    EXPECT_EQ(commit({.metadata = long_text}), ErrorCode::offset_metadata_too_large);
    EXPECT_FALSE(exists("g"));
}

TEST_F(Offsets, WritesWhatApacheWrites) {
    commit({.topic_id = Uuid{1, 2}});
    commit({.partition = 1, .retention_ms = 1000});
    const Record plain = encode(bench.log().at(0));
    const Record expiring = encode(bench.log().at(1));
    EXPECT_EQ(plain.key->at(1), std::byte{1});    // type
    EXPECT_EQ(plain.value->at(1), std::byte{4});  // version
    EXPECT_EQ(expiring.value->at(1), std::byte{1});
    EXPECT_EQ(std::get<OffsetRecord>(bench.log().at(0)).value->topic_id, (Uuid{1, 2}));
}

TEST_F(Offsets, AFetchWaitsForWhatIsUnderWay) {
    commit({.offset = 1});
    bench.commit_at_once(false);
    const Ticket commit = bench.commit(commit_request({.offset = 2}));
    const Ticket fetch = bench.fetch(fetch_request("g", "orders", 0));
    EXPECT_FALSE(bench.answered(commit));
    EXPECT_FALSE(bench.answered(fetch));
    bench.commit_all();
    EXPECT_TRUE(bench.answered(commit));
    EXPECT_EQ(bench.answer<Fetched>(fetch)->topics.at(0).partitions.at(0).committed_offset, 2);
}

TEST_F(Offsets, ACommitThatTheLogRefusesSaysWhyInClientsWords) {
    const std::pair<ErrorCode, ErrorCode> codes[] = {
        {ErrorCode::not_enough_replicas, ErrorCode::coordinator_not_available},
        {ErrorCode::request_timed_out, ErrorCode::coordinator_not_available},
        {ErrorCode::not_leader_or_follower, ErrorCode::not_coordinator},
        {ErrorCode::kafka_storage_error, ErrorCode::not_coordinator},
        {ErrorCode::message_too_large, ErrorCode::unknown_server_error},
    };
    for (const auto& [log_code, code] : codes) {
        bench.refuse_writes(log_code);
        EXPECT_EQ(commit({}), code);
    }
    bench.refuse_writes(ErrorCode::none);
    EXPECT_EQ(committed("g", "orders", 0), -1);
}

TEST_F(Offsets, AnOffsetOfAnEarlierTopicOfTheNameIsNotFound) {
    commit({.offset = 7, .topic_id = Uuid{1, 1}});
    EXPECT_EQ(committed("g", "orders", 0, Uuid{1, 1}), 7);
    EXPECT_EQ(committed("g", "orders", 0), 7);
    EXPECT_EQ(committed("g", "orders", 0, Uuid{2, 2}), -1);
}

TEST_F(Offsets, AreDeletedUnlessTheGroupReadsTheTopic) {
    const std::string id = stable_member();
    commit({.generation = 1, .member = id, .topic = "orders"});
    commit({.generation = 1, .member = id, .topic = "old"});
    const auto deleted = [&](std::string_view group, std::string_view topic) {
        return *bench.answer<OffsetDeleteResponse>(bench.delete_offsets(delete_request(group, topic)));
    };
    EXPECT_EQ(deleted("g", "orders").topics.at(0).partitions.at(0).error_code, ErrorCode::group_subscribed_to_topic);
    EXPECT_EQ(deleted("g", "old").topics.at(0).partitions.at(0).error_code, ErrorCode::none);
    EXPECT_EQ(committed("g", "orders", 0), 5);
    EXPECT_EQ(committed("g", "old", 0), -1);
    EXPECT_EQ(deleted("none", "old").error_code, ErrorCode::group_id_not_found);
}

TEST_F(Offsets, OfAGroupThatIsNotOfConsumersAreKeptWhileItHasMembers) {
    stable_member("connect");
    const auto* answer = bench.answer<OffsetDeleteResponse>(bench.delete_offsets(delete_request("g", "orders")));
    EXPECT_EQ(answer->error_code, ErrorCode::non_empty_group);
}

TEST_F(Offsets, GoWithTheirGroup) {
    const std::string id = stable_member();
    commit({.generation = 1, .member = id});
    EXPECT_EQ(delete_group("g"), ErrorCode::non_empty_group);
    EXPECT_EQ(delete_group("none"), ErrorCode::group_id_not_found);
    bench.leave(leave_request({{"", "i"}}));
    EXPECT_EQ(delete_group("g"), ErrorCode::none);
    EXPECT_FALSE(exists("g"));
    EXPECT_EQ(committed("g", "orders", 0), -1);
    bench.restart();
    EXPECT_FALSE(exists("g"));
    EXPECT_EQ(topics_of("g"), 0u);
}

TEST_F(Offsets, GoWithTheirTopic) {
    commit({.topic = "orders"});
    commit({.topic = "payments"});
    bench.topics_deleted({"orders", "never"});
    EXPECT_EQ(committed("g", "orders", 0), -1);
    EXPECT_EQ(committed("g", "payments", 0), 5);
}

TEST_F(Offsets, OfASimpleGroupExpireByTheirOwnAge) {
    commit({.partition = 0});
    bench.pass(20h);
    commit({.partition = 1});
    bench.pass(5h);
    EXPECT_EQ(committed("g", "orders", 0), -1);
    EXPECT_EQ(committed("g", "orders", 1), 5);
    bench.pass(20h);
    EXPECT_FALSE(exists("g"));
}

TEST_F(Offsets, OfAGroupExpireWhenItHasBeenEmptyForTheRetention) {
    const std::string id = stable_member();
    commit({.generation = 1, .member = id});
    bench.leave(leave_request({{id, "i"}}));
    bench.pass(23h);
    EXPECT_EQ(committed("g", "orders", 0), 5);
    bench.pass(90min);
    EXPECT_EQ(committed("g", "orders", 0), -1);
    EXPECT_FALSE(exists("g"));
    EXPECT_TRUE(std::holds_alternative<ClassicGroupRecord>(bench.log().back()));
}

TEST_F(Offsets, OfATopicThatAStableGroupReadsNeverExpire) {
    const std::string id = stable_member();
    commit({.generation = 1, .member = id, .topic = "orders"});
    commit({.generation = 1, .member = id, .topic = "old"});
    for (int i = 0; i < 100; ++i) {
        bench.pass(20min);
        ASSERT_EQ(bench.heartbeat(heartbeat_request(1, id)), ErrorCode::none);
    }
    EXPECT_EQ(committed("g", "orders", 0), 5);
    EXPECT_EQ(committed("g", "old", 0), -1);
}

TEST_F(Offsets, WithARetentionOfTheirOwnExpireByIt) {
    commit({.retention_ms = 60000});
    bench.pass(15min);
    EXPECT_FALSE(exists("g"));
}

TEST_F(Offsets, OfAnOpenTransactionAreUnstableUntilItEnds) {
    commit({.offset = 1});
    OffsetRecord record{.key = {}, .value = OffsetCommitValue()};
    record.key.group = "g";
    record.key.topic = "orders";
    record.value->offset = 9;
    bench.write_record(record, ProducerId{7});
    EXPECT_EQ(committed("g", "orders", 0), 1);
    const auto* stable = bench.answer<Fetched>(bench.fetch(fetch_request("g", "orders", 0), true));
    EXPECT_EQ(stable->topics.at(0).partitions.at(0).error_code, ErrorCode::unstable_offset_commit);
    bench.shard().replay_marker(ProducerId{7}, true);
    EXPECT_EQ(committed("g", "orders", 0), 9);

    bench.write_record(record, ProducerId{8});
    bench.shard().replay_marker(ProducerId{8}, false);
    EXPECT_EQ(committed("g", "orders", 0), 9);
}

TEST_F(Offsets, CommittedAfterATransactionalOnePrevail) {
    OffsetRecord record{.key = {}, .value = OffsetCommitValue()};
    record.key.group = "g";
    record.key.topic = "orders";
    record.value->offset = 9;
    bench.write_record(record, ProducerId{7});
    commit({.offset = 10});
    bench.shard().replay_marker(ProducerId{7}, true);
    EXPECT_EQ(committed("g", "orders", 0), 10);
}

OtherGroupRecord other(std::string_view key, std::optional<std::string> member = {}, bool removed = false) {
    return {GroupType::consumer, "new", std::move(member), copy(as_bytes(key)), removed};
}

TEST_F(Offsets, AConsumerGroupIsListedAndLeftAlone) {
    bench.write_record(other("epoch"));
    bench.write_record(other("member", "m"));
    const auto list = bench.shard().list({});
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].group_type, "consumer");
    EXPECT_EQ(delete_group("new"), ErrorCode::non_empty_group);
    EXPECT_EQ(
        bench.answer<JoinGroupResponse>(bench.join(join_request({.group = "new"})))->error_code,
        ErrorCode::inconsistent_group_protocol
    );
    EXPECT_EQ(commit({.group = "new", .generation = 4, .member = "m"}), ErrorCode::unknown_member_id);
    EXPECT_EQ(bench.shard().describe("new", 6).error_code, ErrorCode::group_id_not_found);
    EXPECT_EQ(bench.log().size(), 2u);

    bench.write_record(other("member", "m", true));
    EXPECT_EQ(commit({.group = "new"}), ErrorCode::none);
    EXPECT_EQ(delete_group("new"), ErrorCode::none);
    EXPECT_FALSE(exists("new"));
}

TEST_F(Offsets, GroupsAreListedByStateAndType) {
    commit({.group = "simple"});
    stable_member();
    const std::string_view stable[] = {"STABLE"};
    const std::string_view classic[] = {"Classic"};
    const std::string_view consumer[] = {"consumer"};
    EXPECT_EQ(bench.shard().list({}).size(), 2u);
    ASSERT_EQ(bench.shard().list({.states = stable, .types = classic}).size(), 1u);
    EXPECT_EQ(bench.shard().list({.states = stable, .types = classic})[0].group_id, "g");
    EXPECT_TRUE(bench.shard().list({.states = {}, .types = consumer}).empty());
}

TEST_F(Offsets, AGroupThatDoesNotExistIsDeadAndFromVersion6AnError) {
    EXPECT_EQ(bench.shard().describe("none", 5).error_code, ErrorCode::none);
    EXPECT_EQ(bench.shard().describe("none", 5).group_state, "Dead");
    EXPECT_EQ(bench.shard().describe("none", 6).error_code, ErrorCode::group_id_not_found);
    EXPECT_EQ(bench.shard().describe("none", 6).error_message, "Group none not found.");
}

}  // namespace
}  // namespace barnabas
