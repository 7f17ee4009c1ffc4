#include "replica/replica_manager.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace barnabas {

namespace {

using namespace std::chrono_literals;

constexpr NodeId self{1};
constexpr Uuid first_directory{1, 1}, second_directory{1, 2};

MetadataRecord topic_record(std::string_view name, const TopicId& id) {
    TopicRecord record;
    record.name = name;
    record.topic_id = id;
    return {record, 0};
}

MetadataRecord partition_record(const TopicId& id, std::int32_t index, NodeId replica, const Uuid& directory) {
    PartitionRecord record;
    record.topic_id = id;
    record.partition_id = index;
    record.replicas = {replica.value};
    record.isr = {replica.value};
    record.leader = replica.value;
    record.leader_epoch = 3;
    record.partition_epoch = 0;
    record.directories = {directory};
    return {record, 2};
}

/// A broker with two directories that follows what a test decides.
class ReplicaManagerTest : public testing::Test {
protected:
    ReplicaManagerTest() {
        std::string name = testing::TempDir() + "replicas-XXXXXX";
        root_ = ::mkdtemp(name.data());
        std::vector<std::shared_ptr<LogDir>> dirs;
        for (const Uuid& id : {first_directory, second_directory}) {
            const std::string path = root_ + "/" + std::to_string(dirs.size());
            EXPECT_TRUE(files_.make_directories(path));
            dirs.push_back(std::make_shared<LogDir>(files_, path, id));
        }
        log_dirs_.emplace(LogDirs::Options{files_, config_.get(), 1}, dirs);
        replicas_.emplace(ReplicaManager::Options{
            self, system_clock(), *log_dirs_, metadata_, config_, topic_configs_, listener_, run_all_in_threads, 4
        });
    }
    ~ReplicaManagerTest() override {
        replicas_.reset();
        log_dirs_.reset();
        (void)files_.remove_tree(root_);
    }

    std::vector<ReplicaManager::ChosenDirectory> decide(const MetadataRecords& records) {
        MetadataImage image = *metadata_.image();
        for (const MetadataRecord& record : records) {
            EXPECT_TRUE(image.apply(record)) << type_name(record);
        }
        image.provenance.last_offset.value += static_cast<std::int64_t>(records.size());
        const auto delta =
            MetadataDelta::between(metadata_.image(), std::make_shared<const MetadataImage>(std::move(image)));
        metadata_.publish(delta);
        return replicas_->apply(delta);
    }

    FileSystem& files_ = posix_file_system();
    std::string root_;
    LiveConfig config_{NodeSettings{}};
    const TopicConfigs topic_configs_{config_};
    MetadataCache metadata_;
    const Partition::Listener listener_{};
    std::optional<LogDirs> log_dirs_;
    std::optional<ReplicaManager> replicas_;
};

TEST_F(ReplicaManagerTest, MakesTheReplicasOfManyPartitionsAtOnce) {
    constexpr TopicId orders{7, 7}, other{7, 8};
    (void)decide({topic_record("other", other), partition_record(other, 0, self, first_directory)});
    MetadataRecords records{topic_record("orders", orders)};
    for (std::int32_t i = 0; i < 100; ++i) {
        records.push_back(
            partition_record(orders, i, i % 10 == 9 ? NodeId{2} : self, i % 2 == 0 ? Uuid{} : second_directory)
        );
    }
    const auto chosen = decide(records);
    for (std::int32_t i = 0; i < 100; ++i) {
        const auto partition = replicas_->find("orders", {i});
        if (i % 10 == 9) {
            EXPECT_EQ(partition.error().code, ErrorCode::not_leader_or_follower);
            continue;
        }
        ASSERT_TRUE(partition) << partition.error().detail;
        EXPECT_TRUE((*partition)->leader_log({3})) << "led as soon as it is found";
        EXPECT_EQ((*partition)->hosted(), *log_dirs_->find({"orders", {i}}));
        EXPECT_EQ(i % 2 == 0 || (*partition)->hosted()->dir->id() == second_directory, true) << i;
    }
    ASSERT_EQ(chosen.size(), 50u) << "where the controller left it to the broker";
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const PartitionId partition{static_cast<std::int32_t>(2 * i)};
        EXPECT_EQ(chosen[i].partition, partition);
        EXPECT_EQ(chosen[i].directory, (*log_dirs_->find({"orders", partition}))->dir->id());
    }
    EXPECT_EQ(replicas_->partitions().size(), 91u);
}

TEST_F(ReplicaManagerTest, ADiskThatRefusesCostsItsOwnPartitionOnly) {
    constexpr TopicId orders{7, 7};
    (void)decide({topic_record("other", {7, 8})});
    for (const char* directory : {"/0", "/1"}) {
        ASSERT_TRUE(files_.open(root_ + directory + "/orders-20", OpenFor::create));  // where its folder would be
    }
    MetadataRecords records{topic_record("orders", orders)};
    for (std::int32_t i = 0; i < 40; ++i) {
        records.push_back(partition_record(orders, i, self, first_directory));
    }
    EXPECT_TRUE(decide(records).empty());
    for (std::int32_t i = 0; i < 40; ++i) {
        const auto log = (*replicas_->find(orders, {i}))->leader_log();
        EXPECT_EQ(log ? ErrorCode::none : log.error().code, i == 20 ? ErrorCode::kafka_storage_error : ErrorCode::none);
    }
}

TEST_F(ReplicaManagerTest, ATopicOfTheSameNameTakesTheDeletedOnesPlace) {
    constexpr TopicId before{7, 9}, after{7, 1};
    (void)decide({topic_record("orders", before), partition_record(before, 0, self, first_directory)});
    RemoveTopicRecord removal;
    removal.topic_id = before;
    (void)decide({{removal, 0}, topic_record("orders", after), partition_record(after, 0, self, first_directory)});
    const auto partition = replicas_->find("orders", {0});
    ASSERT_TRUE(partition) << partition.error().detail;
    EXPECT_EQ((*partition)->topic_id(), after);
    EXPECT_TRUE((*partition)->leader_log());
}

}  // namespace

}  // namespace barnabas
