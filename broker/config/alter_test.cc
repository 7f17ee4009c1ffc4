#include "config/alter.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

constexpr std::int8_t set = 0, remove_ = 1, append = 2, subtract = 3;

using Entries = ConfigEntries;

template <class T>
ErrorCode code(const Expected<T>& result) {
    return result ? ErrorCode::none : result.error().code;
}

Expected<Entries> change(const Entries& before, std::vector<ConfigChange> changes) {
    return changed_entries(ConfigResource::topic, before, changes);
}

TEST(ChangedEntries, SetDeleteAppendAndSubtract) {
    EXPECT_EQ(change({{"a", "1"}}, {{"a", set, "2"}, {"b", set, "3"}}), (Entries{{"a", "2"}, {"b", "3"}}));
    EXPECT_EQ(change({{"a", "1"}}, {{"a", remove_, std::nullopt}, {"c", remove_, std::nullopt}}), Entries());
    EXPECT_EQ(change({}, {{"cleanup.policy", append, "compact"}}), (Entries{{"cleanup.policy", "delete,compact"}}));
    EXPECT_EQ(change({}, {{"cleanup.policy", subtract, "delete"}}), (Entries{{"cleanup.policy", ""}}));
    EXPECT_EQ(
        change({{"cleanup.policy", "compact"}}, {{"cleanup.policy", append, "compact, delete"}}),
        (Entries{{"cleanup.policy", "compact,delete"}})
    );
}

TEST(ChangedEntries, RefuseARequestThatIsWrongInItself) {
    EXPECT_EQ(code(change({}, {{"a", set, "1"}, {"a", set, "2"}})), ErrorCode::invalid_request);
    EXPECT_EQ(code(change({}, {{"a", set, std::nullopt}})), ErrorCode::invalid_request);
    EXPECT_EQ(code(change({}, {{"retention.ms", append, "1"}})), ErrorCode::invalid_config);
    EXPECT_EQ(code(change({}, {{"retention.ms", 9, "1"}})), ErrorCode::unknown_server_error);
}

TEST(ChangedEntries, ReplaceAllInTheOlderRequest) {
    EXPECT_EQ(replaced_entries(std::vector<ConfigChange>{{"a", 9, "1"}}), (Entries{{"a", "1"}}));
    EXPECT_EQ(code(replaced_entries(std::vector<ConfigChange>{{"a", 0, std::nullopt}})), ErrorCode::invalid_request);
}

TEST(ValidateTopicConfig, TakesWhatKafkaTakes) {
    const Config config;
    for (const auto& entries : std::vector<Entries>{
             {},
             {{"cleanup.policy", ""}},
             {{"cleanup.policy", "compact,compact"}},
             {{"preallocate", " True "}},
             {{"leader.replication.throttled.replicas", "*"}},
             {{"leader.replication.throttled.replicas", "0:1,1:2"}},
             {{"internal.segment.bytes", "10"}},
             {{"remote.storage.enable", "false"}},
         }) {
        EXPECT_TRUE(validate_topic_config(config, entries));
    }
}

TEST(ValidateTopicConfig, RefusesTheRestAsInvalidConfig) {
    const Config config;
    for (const auto& entries : std::vector<Entries>{
             {{"retention.ms", "abc"}},
             {{"retention.ms", "-2"}},
             {{"no.such", "1"}},
             {{"", "1"}},
             {{"cleanup.policy", "foo"}},
             {{"compression.type", "ZSTD"}},
             {{"message.timestamp.type", "createtime"}},
             {{"segment.bytes", "99999999999"}},
             {{"min.cleanable.dirty.ratio", "1.5"}},
             {{"leader.replication.throttled.replicas", "abc"}},
             {{"min.insync.replicas", "0"}},
             {{"remote.storage.enable", "true"}},
             {{"max.compaction.lag.ms", "5"}, {"min.compaction.lag.ms", "10"}},
         }) {
        EXPECT_EQ(code(validate_topic_config(config, entries)), ErrorCode::invalid_config) << entries.begin()->first;
    }
    EXPECT_EQ(
        validate_topic_config(config, {{"retention.m", "1"}}).error().detail,
        "unknown topic setting 'retention.m'; did you mean retention.ms?"
    );
}

TEST(ValidateGroupConfig, KeepsWithinTheBrokersBounds) {
    const Config config;
    EXPECT_TRUE(validate_group_config(config, {{"consumer.session.timeout.ms", "50000"}}));
    EXPECT_TRUE(validate_group_config(config, {{"share.auto.offset.reset", "by_duration:P1DT1H2.5S"}}));
    EXPECT_EQ(
        validate_group_config(config, {{"consumer.session.timeout.ms", "1"}}).error().detail,
        "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms, which is "
        "45000"
    );
    for (const auto& entries : std::vector<Entries>{
             {{"consumer.session.timeout.ms", "70000"}},
             {{"consumer.heartbeat.interval.ms", "50000"}},
             {{"share.auto.offset.reset", "by_duration:X"}},
             {{"share.auto.offset.reset", "by_duration:PT"}},
             {{"share.isolation.level", "READ_COMMITTED"}},
             {{"streams.num.standby.replicas", "5"}},
             {{"share.record.lock.duration.ms", "1000"}},
             {{"share.delivery.count.limit", "11"}},
             {{"nosuch", "1"}},
         }) {
        EXPECT_EQ(code(validate_group_config(config, entries)), ErrorCode::invalid_config) << entries.begin()->second;
    }
}

class ValidateBrokerConfig : public testing::Test {
protected:
    ErrorCode broker(const Entries& after) { return code(validate_broker_config(layers_, false, after)); }
    ErrorCode cluster(const Entries& after) { return code(validate_broker_config(layers_, true, after)); }

    NodeSettings node_ = read_node_settings(single_node_properties()).value();
    Entries cluster_{{"min.insync.replicas", "1"}};
    Entries broker_;
    BrokerLayers layers_{node_, cluster_, broker_, true};
};

TEST_F(ValidateBrokerConfig, TakesWhatMayChange) {
    EXPECT_EQ(broker({{"log.retention.ms", "1000"}}), ErrorCode::none);
    EXPECT_EQ(broker({{"num.io.threads", "9"}}), ErrorCode::none);
    EXPECT_EQ(broker({{"listener.name.plaintext.max.connections", "5"}}), ErrorCode::none);
    EXPECT_EQ(broker({{"leader.replication.throttled.rate", "50"}}), ErrorCode::none);
    EXPECT_EQ(cluster({{"min.insync.replicas", "1"}, {"log.cleanup.policy", "delete,compact"}}), ErrorCode::none);
}

TEST_F(ValidateBrokerConfig, RefusesWhatMayNot) {
    EXPECT_EQ(broker({{"num.partitions", "5"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"log.roll.hours", "5"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"log.retention.ms", "abc"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"listeners", "PLAINTEXT://:9"}}), ErrorCode::invalid_request);
    EXPECT_EQ(cluster({{"min.insync.replicas", "1"}, {"listeners", "PLAINTEXT://:9"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"no.such", "5"}}), ErrorCode::invalid_config);
    EXPECT_EQ(broker({{"principal.builder.class", "x"}}), ErrorCode::invalid_config);
    EXPECT_EQ(broker({{"leader.replication.throttled.rate", "x"}}), ErrorCode::invalid_request);
}

TEST_F(ValidateBrokerConfig, LetsThreadsGrowByHalvesAndDoubles) {
    EXPECT_EQ(broker({{"num.io.threads", "16"}}), ErrorCode::none);
    EXPECT_EQ(broker({{"num.io.threads", "17"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"num.io.threads", "3"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"log.cleaner.threads", "100"}}), ErrorCode::invalid_request);
}

TEST_F(ValidateBrokerConfig, HoldsTheResultAgainstTheOtherSettings) {
    EXPECT_EQ(broker({{"log.cleaner.dedupe.buffer.size", "5"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"max.connections.per.ip.overrides", "abc"}}), ErrorCode::invalid_request);
    EXPECT_EQ(broker({{"max.connections.per.ip", "0"}}), ErrorCode::invalid_request);
}

TEST_F(ValidateBrokerConfig, LeavesMinInsyncReplicasToTheControllerWhereItCounts) {
    EXPECT_EQ(broker({{"min.insync.replicas", "1"}}), ErrorCode::invalid_config);
    EXPECT_EQ(cluster({}), ErrorCode::invalid_config);
    EXPECT_EQ(cluster({{"min.insync.replicas", "0"}}), ErrorCode::invalid_request);
    layers_.eligible_leader_replicas = false;
    EXPECT_EQ(broker({{"min.insync.replicas", "1"}}), ErrorCode::none);
    EXPECT_EQ(cluster({}), ErrorCode::none);
}

TEST_F(ValidateBrokerConfig, JudgesOnlyWhatChanges) {
    broker_ = {{"from.elsewhere", "1"}};
    EXPECT_EQ(broker({{"from.elsewhere", "1"}, {"log.retention.ms", "5"}}), ErrorCode::none);
    EXPECT_EQ(broker({{"from.elsewhere", "2"}}), ErrorCode::invalid_config);
}

TEST(BrokerResource, NamesThisBrokerOrAll) {
    EXPECT_EQ(parse_broker_resource("", 1), true);
    EXPECT_EQ(parse_broker_resource("1", 1), false);
    EXPECT_EQ(code(parse_broker_resource("2", 1)), ErrorCode::invalid_request);
    EXPECT_EQ(code(parse_broker_resource("x", 1)), ErrorCode::invalid_request);
}

}  // namespace
}  // namespace barnabas
