#include "log/meta_properties.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

constexpr std::string_view by_apache =
    "#\n#Fri Nov 20 23:58:29 UTC 2026\nnode.id=1\ndirectory.id=gh3XCjqMTPSUUnoX4l9fSQ\nversion=1\n"
    "cluster.id=0CgzBll_SCKKdgVfuFv6EQ\n";

TEST(MetaProperties, ReadsWhatApacheWrites) {
    const auto meta = parse_meta_properties(by_apache);
    ASSERT_TRUE(meta);
    EXPECT_EQ(meta->cluster_id, "0CgzBll_SCKKdgVfuFv6EQ");
    EXPECT_EQ(meta->node_id, NodeId{1});
    EXPECT_EQ(meta->directory_id.text(), "gh3XCjqMTPSUUnoX4l9fSQ");
}

TEST(MetaProperties, WritesWhatApacheWrites) {
    using namespace std::chrono;
    const Timestamp time = sys_days(2026y / 11 / 20) + 23h + 58min + 29s;
    EXPECT_EQ(meta_properties_text(*parse_meta_properties(by_apache), time), by_apache);
}

TEST(MetaProperties, ADirectoryOfAnOlderKafkaHasNoIdOfItsOwn) {
    const auto meta = parse_meta_properties("version=1\nnode.id=7\ncluster.id=c\n");
    ASSERT_TRUE(meta);
    EXPECT_TRUE(meta->directory_id.is_zero());
    EXPECT_EQ(parse_meta_properties(meta_properties_text(*meta, {})), meta);
}

TEST(MetaProperties, SaysWhatIsWrong) {
    const auto error = [](std::string_view text) { return parse_meta_properties(text).error(); };
    EXPECT_TRUE(error("").contains("ZooKeeper"));
    EXPECT_TRUE(error("version=0\nbroker.id=1\n").contains("ZooKeeper"));
    EXPECT_EQ(error("version=2\n"), "version 2 is not known, only 1");
    EXPECT_EQ(error("version=1\ncluster.id=c\n"), "node.id is missing or no number");
    EXPECT_EQ(error("version=1\nnode.id=1x\ncluster.id=c\n"), "node.id is missing or no number");
    EXPECT_EQ(error("version=1\nnode.id=1\n"), "cluster.id is missing");
    EXPECT_EQ(error("version=1\nnode.id=1\ncluster.id=c\ndirectory.id=x\n"), "directory.id 'x' is no UUID");
}

}  // namespace
}  // namespace barnabas
