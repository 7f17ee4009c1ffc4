#include "log/partition_dir.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using Kind = PartitionDir::Kind;

constexpr Uuid unique{0x0123456789abcdef, 0x1};

TEST(PartitionDir, HasKafkasNames) {
    const TopicPartition orders{"orders", {3}};
    EXPECT_EQ(PartitionDir::name(orders, Kind::current), "orders-3");
    EXPECT_EQ(PartitionDir::name(orders, Kind::deleted, unique), "orders-3.0123456789abcdef0000000000000001-delete");
    EXPECT_EQ(PartitionDir::name(orders, Kind::future, unique), "orders-3.0123456789abcdef0000000000000001-future");
    EXPECT_EQ(PartitionDir::name(orders, Kind::stray, unique), "orders-3.0123456789abcdef0000000000000001-stray");
}

TEST(PartitionDir, ReadsItsNamesBack) {
    for (const TopicPartition& partition : {TopicPartition{"a", {0}}, {"a-1.b-delete", {12}}, {"__x.y_z", {7}}}) {
        for (const Kind kind : {Kind::current, Kind::future, Kind::deleted, Kind::stray}) {
            EXPECT_EQ(
                PartitionDir::parse(PartitionDir::name(partition, kind, unique)), (PartitionDir{partition, kind})
            );
        }
    }
}

TEST(PartitionDir, CutsALongTopicSoThatTheFileSystemTakesTheName) {
    const TopicPartition longest{std::string(249, 't'), {1234}};
    const std::string name = PartitionDir::name(longest, Kind::deleted, unique);
    EXPECT_EQ(name.size(), 255u);
    EXPECT_EQ(PartitionDir::parse(name)->partition.partition, PartitionId{1234});
}

TEST(PartitionDir, SaysWhyANameIsNone) {
    EXPECT_EQ(
        PartitionDir::parse("lost+found").error(), "'lost+found' is not a topic, a dash and a partition's number"
    );
    for (const std::string_view name : {"", "-", "a-", "-1", "a-b", "a-1-delete", "a-1.-delete", ".x-stray"}) {
        EXPECT_FALSE(PartitionDir::parse(name)) << name;
    }
}

}  // namespace
}  // namespace barnabas
