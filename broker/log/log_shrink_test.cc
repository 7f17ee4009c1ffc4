#include <gtest/gtest.h>

#include "log/log_fixture.h"
#include "log/segment_files.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class LogShrinkTest : public LogFixture {
protected:
    LogShrinkTest() {
        configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    }

    Expected<RetiredFiles> delete_old_segments(Timestamp at) {
        const auto leaving = log->take_old_segments(at);
        return leaving ? retire(files, *leaving) : std::unexpected(leaving.error());
    }

    std::int64_t first_base() { return log->segments()->begin()->first.value; }
};

TEST_F(LogShrinkTest, TruncatesToTheBatchThatHoldsAnOffset) {
    for (std::int64_t to = 0; to <= 24; ++to) {
        open();
        for (int i = 0; i < 12; ++i) {
            append_ok(2);
        }
        EXPECT_EQ(*log->truncate_to({to}, now), to < 24);
        EXPECT_EQ(log->log_end(), Offset{to});
        EXPECT_EQ(offsets_from({0}), range(0, to - to % 2)) << to;
        EXPECT_LE(log->high_watermark(), Offset{to});
        append_ok(1);
        EXPECT_EQ(offsets_from({0}).back(), to);
        log.reset();
        ASSERT_TRUE(files.remove_tree(options.directory));
    }
}

TEST_F(LogShrinkTest, ForgetsEpochsAndProducersThatATruncationTook) {
    open();
    ASSERT_TRUE(append(batch(2, {{7}, {0}, 0})));
    epoch = {3};
    ASSERT_TRUE(append(batch(2, {{7}, {0}, 2, false})));
    ASSERT_TRUE(append(batch(2, {{8}, {0}, 0, true})));
    ASSERT_TRUE(*log->truncate_to({2}, now));
    EXPECT_EQ(log->latest_epoch(), LeaderEpoch{0});
    EXPECT_EQ(log->producers().find({8}), nullptr);
    EXPECT_EQ(log->last_stable_offset(), log->high_watermark());
    EXPECT_FALSE(append(batch(2, {{7}, {0}, 2}))->duplicate);
}

TEST_F(LogShrinkTest, StartsOverAtAnOffset) {
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok(2);
    }
    ASSERT_TRUE(log->truncate_fully_and_start_at({500}, now));
    EXPECT_EQ(log->log_start(), Offset{500});
    EXPECT_EQ(append_ok(2), Offset{500});
    EXPECT_EQ(offsets_from({500}), range(500, 502));
    reopen(false);
    EXPECT_EQ(offsets_from({500}), range(500, 502));
}

TEST_F(LogShrinkTest, DeletesSegmentsWhoseRecordsAreTooOld) {
    configure([](TopicConfig& c) { c.retention_ms = 100ms; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
        now += 10ms;
    }
    EXPECT_EQ(delete_old_segments(now)->segments, 0);
    now += 50ms;
    const auto retired = delete_old_segments(now);
    ASSERT_TRUE(retired);
    EXPECT_GT(retired->segments, 0);
    EXPECT_EQ(log->log_start().value, first_base());
    EXPECT_EQ(offsets_from(log->log_start()), range(first_base(), 12));
    for (const std::string& path : retired->paths) {
        EXPECT_TRUE(path.ends_with(".deleted")) << path;
    }
    ASSERT_TRUE(remove_retired(files, *retired));
    for (const std::string& name : names()) {
        EXPECT_FALSE(name.ends_with(".deleted")) << name;
    }
}

TEST_F(LogShrinkTest, RollsBeforeItDeletesEverything) {
    configure([](TopicConfig& c) { c.retention_ms = 100ms; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    ASSERT_TRUE(delete_old_segments(now + 101ms));
    EXPECT_EQ(log->segments()->size(), 1U);
    EXPECT_EQ(log->log_start(), Offset{12});
    EXPECT_EQ(log->size(), 0);
    EXPECT_EQ(append_ok(), Offset{12});
}

TEST_F(LogShrinkTest, DeletesWhatExceedsTheSize) {
    open();
    for (int i = 0; i < 20; ++i) {
        append_ok();
    }
    const std::int64_t before = log->size();
    configure([](TopicConfig& c) { c.retention_bytes = 700; });
    ASSERT_TRUE(delete_old_segments(now));
    EXPECT_GE(log->size(), 700);
    EXPECT_LT(log->size(), 1000);
    EXPECT_LT(log->size(), before);
}

TEST_F(LogShrinkTest, WhichEpochTheStartIsInNeedNotBeInTheFile) {
    open();
    for (int i = 0; i < 20; ++i) {
        append_ok();
    }
    const Bytes before = contents("leader-epoch-checkpoint");
    configure([](TopicConfig& c) { c.retention_bytes = 700; });
    ASSERT_TRUE(remove_retired(files, *delete_old_segments(now)));
    ASSERT_GT(log->log_start(), Offset{0});
    const auto entries = log->leader_epochs().entries();
    ASSERT_EQ(contents("leader-epoch-checkpoint"), before);
    reopen(false);
    EXPECT_EQ(log->leader_epochs().entries(), entries);
}

TEST_F(LogShrinkTest, KeepsWhatIsNotCommitted) {
    configure([](TopicConfig& c) { c.retention_bytes = 0; });
    open();
    for (int i = 0; i < 20; ++i) {
        append_ok();
    }
    log->set_high_watermark({7});
    ASSERT_TRUE(delete_old_segments(now));
    EXPECT_LE(log->log_start(), Offset{7});
    EXPECT_EQ(offsets_from(log->log_start()).back(), 19);
}

TEST_F(LogShrinkTest, DeletesWhatLiesBelowTheLogStartEvenOfCompactedTopics) {
    configure([](TopicConfig& c) { c.cleanup_policy = {.compacts = true, .deletes = false}; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    EXPECT_EQ(log->move_log_start({13}).error().code, ErrorCode::offset_out_of_range);
    ASSERT_TRUE(*log->move_log_start({7}));
    EXPECT_FALSE(*log->move_log_start({3}));
    ASSERT_GT(delete_old_segments(now)->segments, 0);
    EXPECT_LE(first_base(), 7);
    EXPECT_GT(first_base(), 0);
    EXPECT_EQ(log->log_start(), Offset{7});
}

TEST_F(LogShrinkTest, AReaderFinishesWhatItBeganAfterTheFilesAreGone) {
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    const auto slice = log->read({0}, 1 << 20, ReadUpTo::log_end, true);
    configure([](TopicConfig& c) { c.retention_bytes = 0; });
    ASSERT_TRUE(remove_retired(files, *delete_old_segments(now)));
    EXPECT_EQ(slice->read()->size(), static_cast<std::size_t>(slice->length));
    EXPECT_EQ(log->read({0}, 1, ReadUpTo::log_end, true).error().code, ErrorCode::offset_out_of_range);
}

TEST_F(LogShrinkTest, ASegmentThatWasRemovedMakesNoFilesAnew) {
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    const auto segment = std::next(log->segments()->begin())->second;
    ASSERT_TRUE(log->truncate_to({1}, now));
    ASSERT_TRUE(segment->change_suffix(""));
    for (const std::string& name : names()) {
        EXPECT_FALSE(name.starts_with(segment_file_name(segment->base_offset(), ""))) << name;
    }
}

TEST_F(LogShrinkTest, ReplacesSegments) {
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    const auto segments = log->segments();
    const std::vector replaced{segments->begin()->second, std::next(segments->begin())->second};
    const Offset end = std::next(segments->begin(), 2)->first;
    auto fresh = Segment::open(files, options.directory, {0}, {}, suffix::cleaned);
    ASSERT_TRUE(fresh);
    RecordBatchBuilder builder({.base_offset = {1}, .leader_epoch = {0}});
    builder.append(now, as_bytes("key"), as_bytes("the last"));
    builder.set_last_offset(end - 1);
    ASSERT_TRUE((*fresh)->append(builder.finish()));
    ASSERT_TRUE((*fresh)->seal());
    const auto leaving = log->replace_segments({*fresh}, replaced);
    ASSERT_TRUE(leaving);
    const auto retired = log->finish_replacement({*fresh}, *leaving);
    ASSERT_TRUE(retired);
    EXPECT_EQ(retired->segments, 2);
    std::vector<std::int64_t> expected = range(end.value, 12);
    expected.insert(expected.begin(), 1);
    EXPECT_EQ(offsets_from({0}), expected);
    reopen(true);
    EXPECT_EQ(offsets_from({0}), expected);
    reopen(false);
    EXPECT_EQ(offsets_from({0}), expected);
}

}  // namespace
}  // namespace barnabas
