#include "log/log_loading.h"

#include <gmock/gmock.h>

#include "log/node_logs_for_test.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class LogLoadingTest : public NodeLogs {};

TEST_F(LogLoadingTest, FindsEverythingAgainAfterACleanShutdown) {
    start_and_load(2);
    append(*create("a"), "k", "1");
    append(*found("a"), "k", "2");
    append(*create("b"), "k", "1");
    stop({7});
    EXPECT_TRUE(exists(0, ".kafka_cleanshutdown"));

    start(2);
    EXPECT_EQ(loading->previous_broker_epoch(), BrokerEpoch{7});
    EXPECT_FALSE(exists(0, ".kafka_cleanshutdown")) << "a crash from now on is one";
    load();
    EXPECT_EQ(found("a")->log->log_end(), Offset{2});
    EXPECT_EQ(found("a")->log->high_watermark(), Offset{2});
    EXPECT_EQ(found("a")->dir->path(), path(0));
    EXPECT_EQ(found("b")->log->log_end(), Offset{1});
    EXPECT_EQ(found("a")->log->topic_id(), (TopicId{2, 2}));
}

TEST_F(LogLoadingTest, FindsEverythingAgainAfterACrash) {
    start_and_load();
    append(*create("a"), "k", "1");
    crash();
    start();
    EXPECT_EQ(loading->previous_broker_epoch(), BrokerEpoch{-1});
    load();
    EXPECT_EQ(found("a")->log->log_end(), Offset{1});
}

TEST_F(LogLoadingTest, KnowsNoBrokerEpochWhenDirectoriesTellDifferentOnes) {
    start_and_load(2);
    stop({7});
    std::ofstream(path(1, ".kafka_cleanshutdown")) << R"({"version":0,"brokerEpoch":8})";
    start(2);
    EXPECT_EQ(loading->previous_broker_epoch(), BrokerEpoch{-1});
}

TEST_F(LogLoadingTest, AStopBeforeEverythingIsLoadedIsNoCleanShutdown) {
    start();
    upkeep = std::make_unique<LogUpkeep>(*dirs, files, clock.now());
    stop();
    EXPECT_FALSE(exists(0, ".kafka_cleanshutdown"));
}

TEST_F(LogLoadingTest, KeepsWhereDeletedRecordsEnded) {
    start_and_load();
    append(*create("a"), "k", "1");
    append(*found("a"), "k", "2");
    ASSERT_TRUE(*found("a")->log->move_log_start({1}));
    stop();
    start_and_load();
    EXPECT_EQ(found("a")->log->log_start(), Offset{1});
}

TEST_F(LogLoadingTest, SetsAsideWhatIsNotThisNodesAndKeepsIt) {
    start_and_load();
    append(*create("a"), "k", "1");
    stop();
    stray_topic = "a";
    start_and_load();
    EXPECT_EQ(found("a"), nullptr);
    EXPECT_FALSE(exists(0, "a-0"));
    EXPECT_THAT(*files.list(path(0)), testing::Contains(testing::MatchesRegex("a-0\\.[0-9a-f]{32}-stray")));
    crash();
    start_and_load();
    EXPECT_EQ(found("a"), nullptr);
}

TEST_F(LogLoadingTest, RemovesWhatWasBeingDeleted) {
    start_and_load();
    append(*create("a"), "k", "1");
    ASSERT_TRUE(dirs->remove({"a", {0}}, clock.now()));
    stop();
    start_and_load();
    upkeep_after(0ms);
    EXPECT_THAT(*files.list(path(0)), testing::Not(testing::Contains(testing::EndsWith("-delete"))));
}

TEST_F(LogLoadingTest, LeavesAloneWhatIsNoPartition) {
    std::filesystem::create_directories(path(0, "lost+found"));
    std::filesystem::create_directories(path(0, "__cluster_metadata-0"));
    start_and_load();
    EXPECT_TRUE(dirs->logs().empty());
    EXPECT_TRUE(files.list(path(0, "__cluster_metadata-0"))->empty());
}

TEST_F(LogLoadingTest, APartitionThatLiesInTwoDirectoriesAnswersErrorsAndTheOthersGoOn) {
    start_and_load();
    append(*create("a"), "k", "1");
    append(*create("b"), "k", "1");
    stop();
    std::filesystem::create_directories(path(1));
    std::filesystem::copy(path(0, "a-0"), path(1, "a-0"), std::filesystem::copy_options::recursive);
    start_and_load(2);
    EXPECT_EQ(dirs->find({"a", {0}}).error().code, ErrorCode::kafka_storage_error);
    EXPECT_EQ(found("b")->log->log_end(), Offset{1});
}

TEST_F(LogLoadingTest, ADamagedCheckpointCostsARecoveryAndNoRecord) {
    start_and_load();
    append(*create("a"), "k", "1");
    stop();
    std::ofstream(path(0, "recovery-point-offset-checkpoint")) << "0\n1\na 0";
    std::ofstream(path(0, "replication-offset-checkpoint")) << "nonsense";
    start_and_load();
    EXPECT_EQ(found("a")->log->log_end(), Offset{1});
    EXPECT_EQ(found("a")->log->high_watermark(), Offset{0});
}

}  // namespace
}  // namespace barnabas
