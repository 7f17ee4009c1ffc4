#include "log/log_upkeep.h"

#include "log/node_logs_for_test.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class LogUpkeepTest : public NodeLogs {
protected:
    PartitionOffsets checkpoint(const std::string& name) {
        const auto text = read_whole_file(files, path(0, name));
        return text && *text ? parse_partition_offsets(as_text(**text)).value_or(PartitionOffsets())
                             : PartitionOffsets();
    }
    const TopicPartition a{"a", {0}};
};

TEST_F(LogUpkeepTest, WritesCheckpointsAsOftenAsConfigured) {
    config.replica_high_watermark_checkpoint_interval_ms = 5s;
    config.log_flush_offset_checkpoint_interval_ms = 20s;
    start_and_load();
    append(*create("a"), "k", "1");
    roll(*found("a"));
    append(*found("a"), "k", "2");
    upkeep_after(4999ms);
    EXPECT_FALSE(exists(0, "replication-offset-checkpoint"));
    upkeep_after(1ms);
    EXPECT_EQ(checkpoint("replication-offset-checkpoint"), (PartitionOffsets{{a, {2}}}));
    EXPECT_FALSE(exists(0, "recovery-point-offset-checkpoint"));
    upkeep_after(15s);
    EXPECT_EQ(checkpoint("recovery-point-offset-checkpoint"), (PartitionOffsets{{a, {1}}}))
        << "full segments are flushed";
}

TEST_F(LogUpkeepTest, OnlyALogThatStartsInsideASegmentIsInTheLogStartCheckpoint) {
    config.log_flush_start_offset_checkpoint_interval_ms = 1s;
    start_and_load();
    append(*create("a"), "k", "1");
    append(*found("a"), "k", "2");
    append(*create("b"), "k", "1");
    ASSERT_TRUE(*found("a")->log->move_log_start({1}));
    upkeep_after(1s);
    EXPECT_EQ(checkpoint("log-start-offset-checkpoint"), (PartitionOffsets{{a, {1}}}));
}

TEST_F(LogUpkeepTest, DeletesOldSegmentsAndRemovesTheirFilesLater) {
    TopicConfig topic;
    topic.retention_bytes = 1;
    topic.file_delete_delay_ms = 10s;
    topic_config = std::make_shared<const TopicConfig>(topic);
    config.log_retention_check_interval_ms = 1s;
    start_and_load();
    append(*create("a"), "k", "1");
    roll(*found("a"));
    append(*found("a"), "k", "2");
    upkeep_after(1s);
    EXPECT_EQ(found("a")->log->log_start(), Offset{1});
    EXPECT_TRUE(exists(0, "a-0/00000000000000000000.log.deleted"));
    upkeep_after(10s);
    EXPECT_FALSE(exists(0, "a-0/00000000000000000000.log.deleted"));
}

TEST_F(LogUpkeepTest, FlushesWhatFlushMsAsksFor) {
    TopicConfig topic;
    topic.flush_ms = 100ms;
    topic_config = std::make_shared<const TopicConfig>(topic);
    config.log_flush_scheduler_interval_ms = 1s;
    start_and_load();
    append(*create("a"), "k", "1");
    EXPECT_EQ(found("a")->log->recovery_point(), Offset{0});
    upkeep_after(1s);
    EXPECT_EQ(found("a")->log->recovery_point(), Offset{1});
}

TEST_F(LogUpkeepTest, HasADeadlineWheneverThereIsSomethingToDo) {
    start_and_load();
    EXPECT_EQ(upkeep->next_deadline(), clock.now() + config.replica_high_watermark_checkpoint_interval_ms);
    upkeep->retire({{path(0, "x.deleted")}, 1, 1}, 10ms, clock.now());
    EXPECT_EQ(upkeep->next_deadline(), clock.now() + 10ms);
}

}  // namespace
}  // namespace barnabas
