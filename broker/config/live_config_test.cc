#include "config/live_config.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

NodeSettings node_with(std::initializer_list<Property> changes) {
    const auto defaults = single_node_properties();
    std::vector<Property> properties(defaults.begin(), defaults.end());
    properties.insert(properties.end(), changes);
    return read_node_settings(properties).value();
}

TEST(LiveConfig, PutsTheBrokerAboveTheClusterAboveTheFile) {
    const auto node = node_with({{"log.cleaner.threads", "2", 0}});
    EXPECT_EQ(effective_config(node, {}, {}).log_cleaner_threads, 2);
    EXPECT_EQ(effective_config(node, {{"log.cleaner.threads", "3"}}, {}).log_cleaner_threads, 3);
    EXPECT_EQ(
        effective_config(node, {{"log.cleaner.threads", "3"}}, {{"log.cleaner.threads", "4"}}).log_cleaner_threads, 4
    );
}

TEST(LiveConfig, OverrulesTheSameSettingInOtherUnits) {
    const auto node = node_with({{"log.retention.minutes", "5", 0}});
    const auto config = effective_config(node, {{"log.retention.ms", "1000"}}, {});
    EXPECT_EQ(config.log_retention(), std::chrono::seconds(1));
    EXPECT_EQ(config.log_retention_minutes, std::nullopt);
}

TEST(LiveConfig, IgnoresWhatMayNotChangeOrCannotBeRead) {
    const auto node = node_with({{"log.cleaner.threads", "2", 0}});
    const auto config = effective_config(
        node,
        {{"num.partitions", "9"}, {"listeners", "PLAINTEXT://:1"}, {"log.cleaner.threads", "x"}, {"no.such", "1"}}, {}
    );
    EXPECT_EQ(config, node.config);
}

TEST(LiveConfig, LimitsOneListenerWhileRunning) {
    const auto config = effective_config(node_with({}), {}, {{"listener.name.plaintext.max.connections", "5"}});
    EXPECT_EQ(config.max_connections_of_listeners().at("plaintext"), 5);
}

TEST(LiveConfig, PublishesANewSnapshotAndLeavesTheOldOneAlone) {
    LiveConfig live(node_with({}));
    const auto before = live.get();
    live.update({{"message.max.bytes", "5"}}, {});
    EXPECT_EQ(before->message_max_bytes, 1048588);
    EXPECT_EQ(live.get()->message_max_bytes, 5);
    live.update({}, {});
    EXPECT_EQ(*live.get(), *before);
}

}  // namespace
}  // namespace barnabas
