// Consumer groups of the classic protocol: sharing partitions, giving them up, keeping a place.
#include <gtest/gtest.h>

#include "admin.h"
#include "clients.h"

namespace barnabas::e2e {

namespace {

using Set = std::set<int>;
using std::chrono::seconds;

constexpr const char* eager = "range";
constexpr const char* cooperative = "cooperative-sticky";

Settings with_assignor(const char* assignor) {
    return {{"partition.assignment.strategy", assignor}};
}

Settings static_member(const std::string& instance) {
    return {{"group.instance.id", instance}, {"session.timeout.ms", "6000"}};
}

}  // namespace

class Rebalance : public testing::TestWithParam<const char*> {};

TEST_P(Rebalance, SharesThePartitionsWithANewMemberAndTakesThemBack) {
    const auto topic = fresh_topic(4);
    const auto group = fresh_name("group");
    Consumer first(group, with_assignor(GetParam()));
    first.subscribe(topic);
    ASSERT_TRUE(poll_until({&first}, [&] { return first.partitions().size() == 4; }));
    {
        Consumer second(group, with_assignor(GetParam()));
        second.subscribe(topic);
        const auto shared = [&] { return first.partitions().size() == 2 && second.partitions().size() == 2; };
        ASSERT_TRUE(poll_until({&first, &second}, shared));
        Set both = first.partitions();
        both.insert(second.partitions().begin(), second.partitions().end());
        EXPECT_EQ(both, (Set{0, 1, 2, 3}));
        EXPECT_EQ(first.revoked(), GetParam() == std::string(eager) ? 4 : 2);
        const auto description = Admin().describe_group(group);
        EXPECT_EQ(description.state, "Stable");
        EXPECT_EQ(description.assignor, GetParam());
        EXPECT_EQ(description.instances.size(), 2U);
    }
    EXPECT_TRUE(poll_until({&first}, [&] { return first.partitions().size() == 4; }));
}

INSTANTIATE_TEST_SUITE_P(All, Rebalance, testing::Values(eager, cooperative), [](const auto& info) {
    return info.param == std::string(eager) ? "eager" : "cooperative";
});

TEST(Group, LosesAndRepeatsNothingWhileMembersComeAndGo) {
    const auto topic = fresh_topic(4);
    const auto group = fresh_name("group");
    for (int partition = 0; partition < 4; ++partition) {
        send(topic, numbered(200, partition));
    }
    std::set<std::pair<int, std::int64_t>> seen;
    for (int round = 0; round < 4; ++round) {
        Consumer member(group, with_assignor(round % 2 == 0 ? eager : "roundrobin"));
        member.subscribe(topic);
        for (const auto& record : member.read(200)) {
            EXPECT_TRUE(seen.emplace(record.partition, record.offset).second) << "read twice";
        }
        member.commit();
        EXPECT_EQ(member.error(), RdKafka::ERR_NO_ERROR);
    }
    EXPECT_EQ(seen.size(), 800U);
}

TEST(Group, SeesPartitionsThatAreAdded) {
    const auto topic = fresh_topic(1);
    Consumer member(fresh_name("group"));
    member.subscribe(topic);
    ASSERT_TRUE(poll_until({&member}, [&] { return member.partitions().size() == 1; }));
    ASSERT_EQ(Admin().create_partitions(topic, 3), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_TRUE(poll_until({&member}, [&] { return member.partitions().size() == 3; }));
}

TEST(Group, TakesThePartitionsOfAMemberThatIsSilent) {
    const auto topic = fresh_topic(2);
    const auto group = fresh_name("group");
    Settings impatient{{"session.timeout.ms", "6000"}, {"max.poll.interval.ms", "6000"}};
    Consumer silent(group, impatient);
    silent.subscribe(topic);
    ASSERT_TRUE(poll_until({&silent}, [&] { return silent.partitions().size() == 2; }));
    Consumer other(group, impatient);
    other.subscribe(topic);
    EXPECT_TRUE(poll_until({&other}, [&] { return other.partitions().size() == 2; }));
}

TEST(StaticMember, ComesBackToItsPartitionsWithoutARebalance) {
    const auto topic = fresh_topic(2);
    const auto group = fresh_name("group");
    Consumer other(group, static_member("other"));
    other.subscribe(topic);
    Set had;
    {
        Consumer member(group, static_member("one"));
        member.subscribe(topic);
        const auto shared = [&] { return member.partitions().size() == 1 && other.partitions().size() == 1; };
        ASSERT_TRUE(poll_until({&member, &other}, shared));
        had = member.partitions();
        auto instances = Admin().describe_group(group).instances;
        EXPECT_EQ(std::set(instances.begin(), instances.end()), (std::set<std::string>{"one", "other"}));
    }
    const int rebalances = other.rebalances();
    Consumer again(group, static_member("one"));
    again.subscribe(topic);
    ASSERT_TRUE(poll_until({&again, &other}, [&] { return !again.partitions().empty(); }));
    EXPECT_EQ(again.partitions(), had);
    EXPECT_EQ(other.rebalances(), rebalances);
}

TEST(StaticMember, LosesItsPartitionsAfterItsSessionTimeout) {
    const auto topic = fresh_topic(2);
    const auto group = fresh_name("group");
    Consumer other(group, static_member("other"));
    other.subscribe(topic);
    {
        Consumer member(group, static_member("one"));
        member.subscribe(topic);
        const auto shared = [&] { return member.partitions().size() == 1 && other.partitions().size() == 1; };
        ASSERT_TRUE(poll_until({&member, &other}, shared));
    }
    EXPECT_FALSE(poll_until({&other}, [&] { return other.partitions().size() == 2; }, seconds(3)));
    EXPECT_TRUE(poll_until({&other}, [&] { return other.partitions().size() == 2; }, seconds(15)));
}

TEST(StaticMember, IsFencedByAnotherOfTheSameName) {
    const auto topic = fresh_topic(1);
    const auto group = fresh_name("group");
    Consumer first(group, static_member("one"));
    first.subscribe(topic);
    ASSERT_TRUE(poll_until({&first}, [&] { return first.partitions().size() == 1; }));
    Consumer second(group, static_member("one"));
    second.subscribe(topic);
    ASSERT_TRUE(poll_until({&second}, [&] { return second.partitions().size() == 1; }));
    ASSERT_TRUE(poll_until({&first, &second}, [&] { return first.error() != RdKafka::ERR_NO_ERROR; }));
    std::string why;
    EXPECT_EQ(first.client().fatal_error(why), RdKafka::ERR_FENCED_INSTANCE_ID) << why;
}

TEST(Offsets, AreWhereTheNextMemberBegins) {
    const auto topic = fresh_topic();
    const auto group = fresh_name("group");
    send(topic, numbered(10));
    {
        Consumer first(group);
        first.subscribe(topic);
        ASSERT_EQ(first.read(10).size(), 10U);
        const auto where = std::unique_ptr<RdKafka::TopicPartition>(RdKafka::TopicPartition::create(topic, 0, 6));
        std::vector<RdKafka::TopicPartition*> place{where.get()};
        ASSERT_EQ(first.client().commitSync(place), RdKafka::ERR_NO_ERROR);
    }
    Consumer second(group);
    second.subscribe(topic);
    EXPECT_EQ(second.committed(topic, 0), 6);
    EXPECT_EQ(second.read(1).at(0).offset, 6);
}

TEST(Offsets, ThatWereNeverCommittedLeaveTheChoiceToTheMember) {
    const auto topic = fresh_topic();
    send(topic, numbered(10));
    Consumer earliest(fresh_name("group"), {{"auto.offset.reset", "earliest"}});
    earliest.subscribe(topic);
    EXPECT_EQ(earliest.committed(topic, 0), RdKafka::Topic::OFFSET_INVALID);
    EXPECT_EQ(earliest.read(1).at(0).offset, 0);

    Consumer latest(fresh_name("group"), {{"auto.offset.reset", "latest"}});
    latest.subscribe(topic);
    ASSERT_TRUE(poll_until({&latest}, [&] { return !latest.partitions().empty(); }));
    ASSERT_TRUE(latest.read(1, seconds(1)).empty());
    send(topic, {{.value = "new"}});
    EXPECT_EQ(latest.read(1).at(0).offset, 10);
}

TEST(Offsets, OutOfTheLogsRangeLeaveTheChoiceToTheMember) {
    const auto topic = fresh_topic();
    const auto group = fresh_name("group");
    send(topic, numbered(10));
    ASSERT_EQ(Admin().set_offset(group, topic, 0, 1000), RD_KAFKA_RESP_ERR_NO_ERROR);
    Consumer member(group);
    member.subscribe(topic);
    EXPECT_EQ(member.read(1).at(0).offset, 0);
}

}  // namespace barnabas::e2e
