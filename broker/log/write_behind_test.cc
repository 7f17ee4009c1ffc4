#include "log/write_behind.h"

#include "log/node_logs_for_test.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class WriteBehindTest : public NodeLogs {
protected:
    void after(std::chrono::milliseconds wait) {
        clock.elapsed += wait;
        behind.run_due(clock.now());
    }
    void roll_after_append(const std::shared_ptr<HostedLog>& hosted) {
        append(*hosted, "k", "v");
        roll(*hosted);
        behind.rolled(hosted, clock.now());
    }

    std::vector<Offset> flushed;
    WriteBehind behind{1s, [this](const std::shared_ptr<HostedLog>& hosted, Offset up_to) {
                           upkeep->flush_rolled(*hosted, up_to, clock.timestamp());
                           flushed.push_back(up_to);
                       }};
};

TEST_F(WriteBehindTest, FlushesAFullSegmentWhenItIsOldEnough) {
    start_and_load();
    const auto hosted = create("a");
    EXPECT_EQ(behind.next_deadline(), Instant::max());
    roll_after_append(hosted);
    EXPECT_EQ(behind.next_deadline(), clock.now() + 1s);
    after(999ms);
    EXPECT_EQ(hosted->log->recovery_point(), Offset{0});
    after(1ms);
    EXPECT_EQ(hosted->log->recovery_point(), Offset{1});
    EXPECT_EQ(behind.next_deadline(), Instant::max());
}

TEST_F(WriteBehindTest, LeavesYoungerSegmentsForLater) {
    start_and_load();
    const auto hosted = create("a");
    roll_after_append(hosted);
    clock.elapsed += 600ms;
    roll_after_append(hosted);
    after(400ms);
    EXPECT_EQ(hosted->log->recovery_point(), Offset{1});
    after(600ms);
    EXPECT_EQ(hosted->log->recovery_point(), Offset{2});
    EXPECT_EQ(flushed, (std::vector<Offset>{{1}, {2}}));
}

TEST_F(WriteBehindTest, SpendsNothingOnWhatLeftTheLogBefore) {
    TopicConfig topic;
    topic.retention_bytes = 0;
    topic_config = std::make_shared<const TopicConfig>(topic);
    start_and_load();
    const auto hosted = create("a");
    behind.much_appended(hosted, clock.now());
    roll_after_append(hosted);
    {
        const std::lock_guard lock(hosted->mutex);
        const auto leaving = hosted->log->take_old_segments(clock.timestamp());
        ASSERT_TRUE(leaving);
        ASSERT_EQ(leaving->segments.size(), 1);
        ASSERT_TRUE(remove_retired(files, *retire(files, *leaving)));
    }
    after(1s);
    EXPECT_EQ(hosted->log->recovery_point(), Offset{1}) << "and a crash costs no check of it";
    EXPECT_FALSE(hosted->log->failed());
}

TEST_F(WriteBehindTest, ForgetsAPartitionThatLeft) {
    start_and_load();
    const auto hosted = create("a");
    roll_after_append(hosted);
    hosted->removed = true;
    after(1s);
    EXPECT_TRUE(flushed.empty());
}

}  // namespace
}  // namespace barnabas
