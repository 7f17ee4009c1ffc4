#include "log/log_dirs.h"

#include <gmock/gmock.h>

#include "log/node_logs_for_test.h"
#include "log/partition_metadata.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class LogDirsTest : public NodeLogs {};

TEST_F(LogDirsTest, PutsANewPartitionIntoTheDirectoryWithTheFewest) {
    start_and_load(2);
    EXPECT_EQ(create("a")->dir->path(), path(0));
    EXPECT_EQ(create("b")->dir->path(), path(1));
    EXPECT_EQ(create("c")->dir->path(), path(0));
    EXPECT_EQ(create("d")->dir->path(), path(1));
    EXPECT_EQ(create("a"), found("a")) << "the second time it is there already";
}

TEST_F(LogDirsTest, CountsWhatIsThereForTheNextPartitionsDirectory) {
    start_and_load(2);
    create("a");
    create("b");
    crash();
    start_and_load(2);
    EXPECT_EQ(create("c")->dir->path(), path(0));
    ASSERT_TRUE(dirs->remove({"b", {0}}, clock.now()));
    EXPECT_EQ(create("d")->dir->path(), path(1)) << "none is left there";
    EXPECT_EQ(create("e")->dir->path(), path(1));
    std::ofstream(path(0, "f-0")) << "a file where the folder would be";
    EXPECT_EQ(create("f")->dir->path(), path(1));
    ASSERT_TRUE(dirs->remove({"e", {0}}, clock.now()));
    ASSERT_TRUE(dirs->remove({"d", {0}}, clock.now()));
    EXPECT_EQ(create("g")->dir->path(), path(1)) << "the one that was refused counts where it is";
}

TEST_F(LogDirsTest, MakesPartitionsBesideEachOther) {
    constexpr std::int32_t partitions = 64;
    start_and_load(2);
    std::vector<std::shared_ptr<HostedLog>> made(4 * partitions);
    std::vector<std::function<void()>> jobs;
    for (std::int32_t i = 0; i < 4 * partitions; ++i) {
        jobs.emplace_back([this, &made, i] { made[static_cast<std::size_t>(i)] = create("a", i / 4); });
    }
    run_all_in_threads(jobs, 4);
    std::map<std::string, int> in_directory;
    for (std::int32_t i = 0; i < 4 * partitions; ++i) {
        EXPECT_EQ(made[static_cast<std::size_t>(i)], found("a", i / 4)) << "each is made once";
        in_directory[found("a", i / 4)->dir->path()] += 1;
    }
    EXPECT_EQ(dirs->logs().size(), std::size_t{partitions});
    EXPECT_NEAR(in_directory[path(0)], 2 * partitions, 8 * 4);
    jobs.clear();
    for (std::int32_t i = 0; i < partitions; ++i) {
        jobs.emplace_back([this, i] { EXPECT_TRUE(dirs->remove({"a", {i}}, clock.now())); });
    }
    run_all_in_threads(jobs, 4);
    EXPECT_TRUE(dirs->logs().empty());
}

TEST_F(LogDirsTest, ANewPartitionsFolderHoldsALogAndItsTopicsId) {
    start_and_load();
    create("a");
    EXPECT_EQ(
        *files.list(path(0, "a-0")), (std::vector<std::string>{"00000000000000000000.log", "partition.metadata"})
    );
}

TEST_F(LogDirsTest, FinishesAFolderThatAKilledProcessBegan) {
    start_and_load();
    const auto left = [&](const std::string& topic, const std::vector<std::string>& names) {
        std::filesystem::create_directories(path(0, topic + "-0"));
        for (const std::string& name : names) {
            std::ofstream(path(0, topic + "-0/" + name))
                << (name.ends_with(".tmp") ? "version: 0\ntopic_id: AAAA" : "");
        }
    };
    left("a", {});
    left("b", {"00000000000000000000.log"});
    left("c", {"00000000000000000000.log", "partition.metadata.tmp"});
    left("d", {"00000000000000000000.index"});
    crash();
    start_and_load();
    for (const std::string topic : {"a", "b", "c", "d"}) {
        const auto hosted = create(topic);
        append(*hosted, "k", "v");
        EXPECT_EQ(hosted->log->topic_id(), (TopicId{2, 2}));
        EXPECT_EQ(
            as_text(**read_whole_file(files, path(0, topic + "-0/partition.metadata"))), partition_metadata_text({2, 2})
        );
    }
    crash();
    start_and_load();
    for (const std::string topic : {"a", "b", "c", "d"}) {
        EXPECT_EQ(found(topic)->log->log_end(), Offset{1});
    }
}

TEST_F(LogDirsTest, ATopicsConfigurationReachesItsOwnPartitionsOnly) {
    start_and_load();
    for (const std::string topic : {"a", "a-b", "ab"}) {
        create(topic, 0);
        create(topic, 1);
    }
    TopicConfig other;
    other.max_message_bytes = 17;
    dirs->set_topic_config("a", std::make_shared<const TopicConfig>(other));
    for (const auto& [partition, hosted] : dirs->logs()) {
        EXPECT_EQ(hosted->log->config().max_message_bytes == 17, partition.topic == "a") << partition.text();
    }
}

TEST_F(LogDirsTest, PutsANewPartitionWhereTheControllerWantsIt) {
    start_and_load(2);
    const auto created = dirs->find_or_create(
        {.partition = {"a", {0}}, .topic = {2, 2}, .config = topic_config, .directory = Uuid{1, 2}}, clock.timestamp()
    );
    ASSERT_TRUE(created);
    EXPECT_EQ((*created)->dir->path(), path(1));
}

TEST_F(LogDirsTest, SaysWhoseTheFolderIs) {
    start_and_load();
    create("a");
    EXPECT_TRUE(exists(0, "a-0/partition.metadata"));
    const auto other = dirs->find_or_create(
        {.partition = {"a", {0}}, .topic = {3, 3}, .config = topic_config, .directory = std::nullopt}, clock.timestamp()
    );
    EXPECT_EQ(other.error().code, ErrorCode::inconsistent_topic_id);
}

TEST_F(LogDirsTest, APartitionThatIsNotHereIsNoError) {
    start_and_load();
    EXPECT_EQ(found("a"), nullptr);
    EXPECT_TRUE(dirs->remove({"a", {0}}, clock.now()));
}

TEST_F(LogDirsTest, ARemovedPartitionLeavesTheDiskAfterTheDelay) {
    config.log_segment_delete_delay_ms = 1000ms;
    start_and_load();
    append(*create("a"), "k", "v");
    ASSERT_TRUE(dirs->remove({"a", {0}}, clock.now()));
    EXPECT_EQ(found("a"), nullptr);
    EXPECT_FALSE(exists(0, "a-0"));
    const auto names = [&] {
        std::vector<std::string> folders;
        std::ranges::copy_if(*files.list(path(0)), std::back_inserter(folders), [](const auto& name) {
            return name.ends_with("-delete");
        });
        return folders.size();
    };
    EXPECT_EQ(names(), 1u);
    upkeep_after(999ms);
    EXPECT_EQ(names(), 1u);
    EXPECT_EQ(upkeep->next_deadline(), clock.now() + 1ms);
    create("a");  // the same topic again, beside the old folder
    upkeep_after(1ms);
    EXPECT_EQ(names(), 0u);
    EXPECT_TRUE(exists(0, "a-0"));
}

TEST_F(LogDirsTest, AnOfflineDirectoryTakesOnlyItsOwnPartitionsWithIt) {
    start_and_load(2);
    create("a");
    create("b");
    dirs->dirs()[0]->take_offline("read: Input/output error");
    const auto gone = dirs->find({"a", {0}});
    EXPECT_EQ(gone.error().code, ErrorCode::kafka_storage_error);
    EXPECT_THAT(gone.error().detail, HasSubstr("offline: read: Input/output error"));
    append(*found("b"), "k", "v");
    EXPECT_EQ(create("c")->dir->path(), path(1));
    const auto old = dirs->find_or_create(
        {.partition = {"old", {0}}, .topic = {2, 2}, .config = topic_config, .directory = std::nullopt},
        clock.timestamp()
    );
    EXPECT_THAT(old.error().detail, HasSubstr("may lie in"));
    EXPECT_TRUE(dirs->usable());
    dirs->dirs()[1]->take_offline("read: Input/output error");
    EXPECT_FALSE(dirs->usable());
}

TEST_F(LogDirsTest, ADirectoryThatCannotBeWrittenGoesOfflineWhenSomethingFailsInIt) {
    start_and_load(2);
    dirs->dirs()[1]->probe("write: a passing trouble");
    EXPECT_FALSE(dirs->dirs()[1]->offline());
    std::filesystem::remove_all(path(1));
    dirs->dirs()[1]->probe("write x: No such file or directory");
    EXPECT_TRUE(dirs->dirs()[1]->offline());
}

TEST_F(LogDirsTest, TellsTheSizesOfADirectorysPartitions) {
    start_and_load(2);
    append(*create("a"), "k", "v");
    create("b");
    const auto sizes = dirs->sizes(*dirs->dirs()[0]);
    ASSERT_EQ(sizes.size(), 1u);
    EXPECT_EQ(sizes[0].partition.text(), "a-0");
    EXPECT_EQ(sizes[0].bytes, found("a")->log->size());
    EXPECT_GT(sizes[0].bytes, 0);
}

}  // namespace
}  // namespace barnabas
