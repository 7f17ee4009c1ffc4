#include "log/node_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace barnabas {
namespace {

using testing::HasSubstr;

class NodeIdentityTest : public testing::Test {
protected:
    NodeIdentityTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "node-identity-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~NodeIdentityTest() override { std::filesystem::remove_all(root_); }

    std::string dir(const std::string& name) { return root_ + "/" + name; }

    void format(const std::string& name, const MetaProperties& properties) {
        std::filesystem::create_directories(dir(name));
        std::ofstream(dir(name) + "/meta.properties") << meta_properties_text(properties, {});
    }

    Expected<NodeIdentity> read(const std::vector<std::string>& names, NodeId node = {1}) {
        std::vector<std::string> paths;
        for (const std::string& name : names) {
            paths.push_back(dir(name));
        }
        return read_node_identity(posix_file_system(), paths, paths.front(), node);
    }

    std::string refusal(const std::vector<std::string>& names, NodeId node = {1}) {
        const auto identity = read(names, node);
        return identity ? "" : identity.error().detail;
    }

    std::string root_;
    Random random_{1};
};

TEST_F(NodeIdentityTest, NewDirectoriesBecomeTheNodes) {
    auto identity = read({"a", "b"});
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->cluster_id, std::nullopt);
    const auto ids = claim_log_dirs(posix_file_system(), *identity, "cluster", {1}, random_, {});
    ASSERT_EQ(ids.size(), 2u);
    EXPECT_NE(ids.at(dir("a")), ids.at(dir("b")));

    auto again = read({"a", "b"});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->cluster_id, "cluster");
    EXPECT_EQ(claim_log_dirs(posix_file_system(), *again, "cluster", {1}, random_, {}), ids);
}

TEST_F(NodeIdentityTest, ANewDirectoryBesideOldOnesJoinsThem) {
    format("a", {"cluster", {1}, {1, 2}});
    auto identity = read({"a", "b"});
    ASSERT_TRUE(identity);
    EXPECT_EQ(claim_log_dirs(posix_file_system(), *identity, "cluster", {1}, random_, {}).size(), 2u);
    EXPECT_EQ(read({"b"})->log_dirs.at(dir("b"))->cluster_id, "cluster");
}

TEST_F(NodeIdentityTest, ADirectoryWithoutAnIdGetsOne) {
    format("a", {"cluster", {1}, {}});
    auto identity = read({"a"});
    const auto ids = claim_log_dirs(posix_file_system(), *identity, "cluster", {1}, random_, {});
    EXPECT_FALSE(ids.at(dir("a")).is_zero());
    EXPECT_EQ(read({"a"})->log_dirs.at(dir("a"))->directory_id, ids.at(dir("a")));
}

TEST_F(NodeIdentityTest, RefusesAnotherNodesDirectoryAndNamesBoth) {
    format("a", {"cluster", {7}, {1, 2}});
    EXPECT_THAT(refusal({"a"}), HasSubstr("belongs to node 7, and this is node 1; set node.id=7"));
}

TEST_F(NodeIdentityTest, RefusesDirectoriesOfTwoClustersAndNamesBoth) {
    format("a", {"one", {1}, {1, 2}});
    format("b", {"two", {1}, {1, 3}});
    EXPECT_THAT(
        refusal({"a", "b"}), HasSubstr("belongs to cluster two, and another directory of log.dirs to cluster one")
    );
}

TEST_F(NodeIdentityTest, RefusesACopyOfADirectory) {
    format("a", {"cluster", {1}, {1, 2}});
    format("b", {"cluster", {1}, {1, 2}});
    EXPECT_THAT(refusal({"a", "b"}), HasSubstr("have the same directory.id"));
}

TEST_F(NodeIdentityTest, RefusesToStartWithoutTheMetadataThatTheOtherDirectoriesBelongTo) {
    format("b", {"cluster", {1}, {1, 2}});
    EXPECT_THAT(refusal({"a", "b"}), HasSubstr("should hold the metadata of cluster cluster but is new"));
}

TEST_F(NodeIdentityTest, RefusesPartitionsThatNobodyOwns) {
    std::filesystem::create_directories(dir("a") + "/orders-0");
    EXPECT_THAT(refusal({"a"}), HasSubstr("holds partitions (orders-0) but no meta.properties"));
    std::filesystem::create_directories(dir("b") + "/lost+found");
    EXPECT_TRUE(read({"b"}));
}

TEST_F(NodeIdentityTest, RefusesADamagedFileAndSaysWhatIsWrong) {
    std::filesystem::create_directories(dir("a"));
    std::ofstream(dir("a") + "/meta.properties") << "version=1\nnode.id=1\n";
    EXPECT_THAT(refusal({"a"}), HasSubstr("cluster.id is missing"));
}

TEST_F(NodeIdentityTest, GoesOnWithoutADirectoryThatTheDiskRefuses) {
    format("a", {"cluster", {1}, {1, 2}});
    std::ofstream(dir("b")) << "a file where a folder should be";
    const auto identity = read({"a", "b"});
    ASSERT_TRUE(identity);
    EXPECT_TRUE(identity->unreadable.contains(dir("b")));
    EXPECT_THAT(refusal({"b"}), HasSubstr("the metadata directory cannot be read"));
}

}  // namespace
}  // namespace barnabas
