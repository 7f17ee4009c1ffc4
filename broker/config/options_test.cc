#include <algorithm>

#include <gtest/gtest.h>

#include "config/option.h"
#include "config/reference.h"

namespace barnabas {
namespace {

std::string why_not(std::string_view key, std::string_view text) {
    Config config;
    const auto set = find_option(key)->set(config, text);
    EXPECT_EQ(config, Config()) << key << " changed, although it was refused";
    return set ? "allowed" : set.error();
}

template <class Settings>
void expect_sound_row(const SettingRow<Settings>& row) {
    EXPECT_TRUE(row.help.ends_with('.') || row.help.ends_with(".)")) << row.key;
    EXPECT_NE(row.status.reason.empty(), row.status.standing != Standing::honoured) << row.key;
    Settings settings;
    const auto text = row.text(settings);
    if (row.sensitive()) {
        EXPECT_EQ(text, std::nullopt) << row.key;
    }
    const bool needed = row.key == "node.id";
    if (text && !needed) {
        const auto set = row.set(settings, *text);
        EXPECT_TRUE(set) << row.key << ": " << (set ? "" : set.error());
        EXPECT_EQ(row.text(settings), text) << row.key;
    }
}

TEST(Options, HoldEveryKeyOfApacheKafkaAndOurFew) {
    const auto ours =
        std::ranges::count_if(options(), [](const Option& row) { return row.key.starts_with("barnabas."); });
    EXPECT_EQ(std::ssize(options()) - ours, 360);
    EXPECT_EQ(topic_options().size(), 34U);
    EXPECT_EQ(group_options().size(), 17U);
}

TEST(Options, HaveDefaultsThatTheyThemselvesAllowAndPrintAsTheyParse) {
    for (const auto& row : options()) {
        expect_sound_row<Config>(row);
    }
    for (const auto& row : topic_options()) {
        expect_sound_row<TopicConfig>(row);
    }
    for (const auto& row : group_options()) {
        expect_sound_row<GroupConfig>(row);
    }
}

TEST(Options, AreFoundByKey) {
    EXPECT_EQ(find_option("log.segment.bytes")->key, "log.segment.bytes");
    EXPECT_EQ(find_option("no.such"), nullptr);
    EXPECT_EQ(find_topic_option("retention.ms")->broker_key, "log.retention.ms");
    EXPECT_EQ(find_group_option("consumer.session.timeout.ms")->broker_key, "group.consumer.session.timeout.ms");
}

TEST(Options, NameABrokerKeyThatExists) {
    for (const auto& row : topic_options()) {
        EXPECT_TRUE(row.broker_key.empty() || find_option(row.broker_key) != nullptr) << row.key;
    }
    for (const auto& row : group_options()) {
        EXPECT_TRUE(row.broker_key.empty() || find_option(row.broker_key) != nullptr) << row.key;
    }
}

TEST(Options, SayWhatIsWrongWithAValueAndWhatWouldBeRight) {
    EXPECT_EQ(why_not("log.segment.bytes", "12"), "'12' is not allowed, it must be at least 1048576");
    EXPECT_EQ(
        why_not("log.segment.bytes", "9999999999"),
        "'9999999999' is not allowed, it must be a whole number from -2147483648 to 2147483647"
    );
    EXPECT_EQ(
        why_not("log.retention.ms", ""), "'' is not allowed, it must be a whole number from " +
                                             std::to_string(std::numeric_limits<std::int64_t>::min()) + " to " +
                                             std::to_string(std::numeric_limits<std::int64_t>::max())
    );
    EXPECT_EQ(why_not("log.preallocate", "yes"), "'yes' is not allowed, it must be true or false");
    EXPECT_EQ(why_not("log.cleaner.min.cleanable.ratio", "1.5"), "'1.5' is not allowed, it must be from 0 to 1");
    EXPECT_EQ(why_not("log.cleaner.min.cleanable.ratio", "nan"), "'nan' is not allowed, it must be a number");
    EXPECT_EQ(
        why_not("compression.type", "none"),
        "'none' is not allowed, it must be one of uncompressed, zstd, lz4, snappy, gzip, producer"
    );
    EXPECT_EQ(why_not("compression.gzip.level", "0"), "'0' is not allowed, it must be from 1 to 9, or -1");
    EXPECT_EQ(
        why_not("log.message.timestamp.type", "now"), "'now' is not allowed, it must be CreateTime or LogAppendTime"
    );
    EXPECT_EQ(
        why_not("log.cleanup.policy", "delete,burn"),
        "'delete,burn' is not allowed, it must be a list of compact and delete"
    );
    EXPECT_EQ(why_not("process.roles", "king"), "'king' is not allowed, it must be one of broker, controller");
}

TEST(Options, TakeWhatKafkaTakes) {
    Config config;
    const auto set = [&](std::string_view key, std::string_view text) {
        const auto done = find_option(key)->set(config, text);
        ASSERT_TRUE(done) << done.error();
    };
    set("num.partitions", " +3 ");
    set("log.preallocate", "TRUE");
    set("log.cleanup.policy", "compact , delete");
    set("log.cleaner.min.cleanable.ratio", ".25");
    set("log.retention.ms", "-1");
    set("group.consumer.migration.policy", "Upgrade");
    EXPECT_EQ(config.num_partitions, 3);
    EXPECT_TRUE(config.log_preallocate);
    EXPECT_EQ(config.log_cleanup_policy, (CleanupPolicy{true, true}));
    EXPECT_EQ(config.log_cleaner_min_cleanable_ratio, 0.25);
    EXPECT_EQ(config.log_retention_ms, std::chrono::milliseconds(-1));
}

TEST(Options, NeverPrintASecret) {
    Config config;
    ASSERT_TRUE(find_option("ssl.key.password")->set(config, "letmein"));
    EXPECT_EQ(config.ssl_key_password->reveal(), "letmein");
    EXPECT_EQ(find_option("ssl.key.password")->text(config), std::nullopt);
}

TEST(Config, BoundsTheMemoryOfRequestsButLeavesRoomForOne) {
    Config config;
    EXPECT_EQ(config.request_memory(), 268435456);
    config.queued_max_request_bytes = 200000000;
    EXPECT_EQ(config.request_memory(), 200000000);
    config.socket_request_max_bytes = 300000000;
    EXPECT_EQ(config.request_memory(), 300000000);
}

TEST(TopicConfig, TakesTheFinestUnitThatTheBrokerHas) {
    Config config;
    EXPECT_EQ(TopicConfig::effective(config, {}).retention_ms, std::chrono::hours(168));
    config.log_retention_minutes = std::chrono::minutes(5);
    EXPECT_EQ(TopicConfig::effective(config, {}).retention_ms, std::chrono::minutes(5));
    config.log_retention_ms = std::chrono::milliseconds(-7);
    EXPECT_EQ(TopicConfig::effective(config, {}).retention_ms, std::chrono::milliseconds(-1));
    config.log_flush_scheduler_interval_ms = std::chrono::milliseconds(9);
    EXPECT_EQ(TopicConfig::effective(config, {}).flush_ms, std::chrono::milliseconds(9));
}

TEST(TopicConfig, PrefersItsOverridesAndSkipsThoseItCannotRead) {
    Config config;
    config.message_max_bytes = 7;
    const auto topic = TopicConfig::effective(
        config, {{"retention.ms", "5"}, {"segment.bytes", "x"}, {"cleanup.policy", ""}, {"from.the.future", "1"}}
    );
    EXPECT_EQ(topic.retention_ms, std::chrono::milliseconds(5));
    EXPECT_EQ(topic.segment_bytes, 1 << 30);
    EXPECT_EQ(topic.max_message_bytes, 7);
    EXPECT_EQ(topic.cleanup_policy, CleanupPolicy());
}

TEST(Reference, NamesEverySettingAndError) {
    const auto pages = write_reference();
    ASSERT_EQ(pages.size(), 4U);
    for (const auto& row : options()) {
        EXPECT_NE(pages[0].text.find("| `" + std::string(row.key) + "` |"), std::string::npos) << row.key;
    }
    EXPECT_NE(pages[1].text.find("| `retention.ms` |"), std::string::npos);
    EXPECT_NE(pages[3].text.find("| 3 | `UNKNOWN_TOPIC_OR_PARTITION` | yes |"), std::string::npos);
}

}  // namespace
}  // namespace barnabas
