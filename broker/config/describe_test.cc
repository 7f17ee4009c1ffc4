#include "config/describe.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using enum ConfigSource;

class Describe : public testing::Test {
protected:
    void start(std::initializer_list<Property> changes, const ConfigEntries& cluster, const ConfigEntries& broker) {
        const auto defaults = single_node_properties();
        std::vector<Property> properties(defaults.begin(), defaults.end());
        properties.insert(properties.end(), changes);
        node_ = read_node_settings(properties).value();
        cluster_ = cluster;
        broker_ = broker;
        effective_ = effective_config(node_, cluster_, broker_);
    }

    [[nodiscard]] ConfigLayers layers() const { return {node_, cluster_, broker_, effective_}; }

    static DescribedConfig only(const std::vector<DescribedConfig>& all) {
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? DescribedConfig() : all.front();
    }
    [[nodiscard]] DescribedConfig broker(std::string_view key) const {
        return only(describe_broker(layers(), std::array{key}));
    }
    [[nodiscard]] DescribedConfig topic(std::string_view key, const ConfigEntries& overrides = {}) const {
        return only(describe_topic(layers(), overrides, std::array{key}));
    }

    NodeSettings node_ = read_node_settings(single_node_properties()).value();
    ConfigEntries cluster_;
    ConfigEntries broker_;
    Config effective_ = node_.config;
};

using Synonyms = std::vector<ConfigSynonym>;

TEST_F(Describe, TellsAllSettingsButTheInternalOnesThatNobodySet) {
    EXPECT_EQ(describe_broker(layers()).size(), 341U);
    EXPECT_EQ(describe_topic(layers(), {}).size(), 33U);
    EXPECT_EQ(describe_group(layers(), {}).size(), 17U);
    EXPECT_TRUE(describe_cluster(layers()).empty());
    start({{"log.initial.task.delay.ms", "5", 0}}, {}, {});
    EXPECT_EQ(describe_broker(layers()).size(), 342U);
    EXPECT_EQ(describe_topic(layers(), {{"internal.segment.bytes", "5"}}).size(), 34U);
}

TEST_F(Describe, TellsEachLayerInTheOrderOfPrecedence) {
    start(
        {{"log.cleanup.policy", "compact , delete", 0}}, {{"log.cleanup.policy", "compact"}},
        {{"log.cleanup.policy", "delete, compact"}}
    );
    const auto told = topic("cleanup.policy", {{"cleanup.policy", "compact"}});
    EXPECT_EQ(told.value, "compact");
    EXPECT_EQ(told.source, dynamic_topic);
    EXPECT_EQ(
        told.synonyms, (Synonyms{
                           {"cleanup.policy", "compact", dynamic_topic},
                           {"log.cleanup.policy", "delete, compact", dynamic_broker},
                           {"log.cleanup.policy", "compact", dynamic_default_broker},
                           {"log.cleanup.policy", "compact , delete", static_broker},
                           {"log.cleanup.policy", "delete", default_value},
                       })
    );
    EXPECT_EQ(broker("log.cleanup.policy").value, "delete,compact");
}

TEST_F(Describe, LeavesOutOtherUnitsThatStandAboveTheFirstWordOnTheSettingItself) {
    start({{"log.roll.hours", "5", 0}}, {}, {});
    EXPECT_EQ(topic("segment.ms").value, "18000000");
    EXPECT_TRUE(topic("segment.ms").synonyms.empty());
    EXPECT_EQ(topic("segment.ms").source, default_value);
    start({{"log.roll.hours", "5", 0}}, {}, {{"log.roll.ms", "70000000"}});
    EXPECT_EQ(
        topic("segment.ms").synonyms, (Synonyms{
                                          {"log.roll.ms", "70000000", dynamic_broker},
                                          {"log.roll.hours", "5", static_broker},
                                          {"log.roll.hours", "168", default_value},
                                      })
    );
    EXPECT_EQ(broker("log.roll.hours").value, "168");
}

TEST_F(Describe, SaysWhatCanChangeWhileRunning) {
    EXPECT_TRUE(broker("num.partitions").read_only);
    EXPECT_FALSE(broker("log.retention.ms").read_only);
    EXPECT_FALSE(broker("listeners").read_only);
    EXPECT_FALSE(topic("retention.ms").read_only);
}

TEST_F(Describe, HidesSecretsAndWhatMayBeOne) {
    start({{"zookeeper.connect", "a:1", 0}}, {}, {{"sasl.jaas.config", "x"}});
    const auto jaas = broker("sasl.jaas.config");
    EXPECT_TRUE(jaas.sensitive);
    EXPECT_EQ(jaas.value, std::nullopt);
    EXPECT_EQ(jaas.synonyms, (Synonyms{{"sasl.jaas.config", std::nullopt, dynamic_broker}}));
    EXPECT_TRUE(broker("zookeeper.connect").sensitive);
    EXPECT_EQ(broker("zookeeper.connect").type, 0);
}

TEST_F(Describe, GivesTheNodesNumberNoDefault) {
    EXPECT_EQ(broker("node.id").synonyms, (Synonyms{{"node.id", "1", static_broker}}));
    EXPECT_EQ(
        broker("broker.id").synonyms, (Synonyms{{"broker.id", "1", static_broker}, {"broker.id", "-1", default_value}})
    );
}

TEST_F(Describe, TellsAListenersOwnLimitOverThatOfAll) {
    start({{"listener.name.plaintext.max.connections", "50", 0}}, {}, {{"max.connections", "55"}});
    const auto told = broker("listener.name.plaintext.max.connections");
    EXPECT_EQ(told.value, "50");
    EXPECT_TRUE(told.read_only);
    EXPECT_EQ(told.type, 3);
    EXPECT_EQ(
        told.synonyms, (Synonyms{
                           {"listener.name.plaintext.max.connections", "50", static_broker},
                           {"max.connections", "2147483647", default_value},
                       })
    );
}

TEST_F(Describe, TellsWhatIsSetForAllBrokers) {
    start({}, {{"log.cleaner.threads", " 2 "}, {"leader.replication.throttled.rate", "50"}}, {});
    const auto all = describe_cluster(layers());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].value, " 2 ");
    EXPECT_EQ(all[1].source, dynamic_default_broker);
    EXPECT_EQ(all[1].synonyms, (Synonyms{{"log.cleaner.threads", " 2 ", dynamic_default_broker}}));
    EXPECT_EQ(all[0].type, 5);
}

TEST_F(Describe, TellsAGroupsOverrides) {
    const auto all = describe_group(layers(), {{"consumer.session.timeout.ms", "50000"}});
    const auto told = *std::ranges::find(all, "consumer.session.timeout.ms", &DescribedConfig::name);
    EXPECT_EQ(told.source, dynamic_group);
    EXPECT_EQ(
        told.synonyms, (Synonyms{
                           {"consumer.session.timeout.ms", "50000", dynamic_group},
                           {"group.consumer.session.timeout.ms", "45000", default_value},
                       })
    );
}

TEST_F(Describe, WritesNumbersAsJavaDoes) {
    EXPECT_EQ(broker("log.cleaner.io.max.bytes.per.second").value, "1.7976931348623157E308");
    EXPECT_EQ(topic("min.cleanable.dirty.ratio", {{"min.cleanable.dirty.ratio", "1e-4"}}).value, "1.0E-4");
    EXPECT_EQ(topic("min.cleanable.dirty.ratio", {{"min.cleanable.dirty.ratio", "1"}}).value, "1.0");
}

}  // namespace
}  // namespace barnabas
