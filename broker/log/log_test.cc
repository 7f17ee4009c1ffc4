#include "log/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "log/log_fixture.h"
#include "log/segment_files.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class LogTest : public LogFixture {};

TEST_F(LogTest, GivesOffsetsInOrderAndReadsThemBack) {
    open();
    EXPECT_EQ(append_ok(3), Offset{0});
    EXPECT_EQ(append_ok(2), Offset{3});
    EXPECT_EQ(log->log_end(), Offset{5});
    EXPECT_EQ(offsets_from({0}), range(0, 5));
    EXPECT_EQ(offsets_from({4}), range(3, 5));  // the whole batch that holds it
}

TEST_F(LogTest, LooksUpBatchesWithoutTheDeviceWhenToldSo) {
    open();
    const std::string value(100'000, 'v');
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(append(batch(1, {}, value)));
    }
    const auto size = static_cast<std::int64_t>(batch(1, {}, value).size());
    const auto in_memory = log->read({3}, size * 4, ReadUpTo::log_end, true, ReadFrom::memory);
    ASSERT_TRUE(in_memory);
    EXPECT_EQ(in_memory->length, size * 4);

    ASSERT_TRUE(log->flush(log->log_end(), now));
    ::posix_fadvise(in_memory->file->fd(), 0, 0, POSIX_FADV_DONTNEED);
    if (is_cached(*in_memory->file, size * 7, 1)) {
        GTEST_SKIP() << "this file system has nothing but memory";
    }
    const auto refused = log->read({3}, size * 4, ReadUpTo::log_end, true, ReadFrom::memory);
    EXPECT_EQ(refused.error().code, ErrorCode::request_timed_out);
    const auto waited = log->read({3}, size * 4, ReadUpTo::log_end, true);
    ASSERT_TRUE(waited);
    EXPECT_EQ(waited->length, size * 4);
    EXPECT_TRUE(log->read({3}, size * 4, ReadUpTo::log_end, true, ReadFrom::memory)) << "now they are in memory";
}

TEST_F(LogTest, ReadsWholeBatchesUpToALimitButAtLeastOne) {
    open();
    for (int i = 0; i < 50; ++i) {
        append_ok();
    }
    const auto size = static_cast<std::int64_t>(batch(1).size());
    for (const std::int64_t limit : {size, size + 1, size * 7 + 3, size * 49}) {
        const auto slice = log->read({3}, limit, ReadUpTo::log_end, false);
        ASSERT_TRUE(slice);
        EXPECT_EQ(slice->length, std::min(limit / size, std::int64_t{47}) * size) << limit;
        EXPECT_EQ(slice->end_offset, Offset{3 + slice->length / size});
    }
    const auto none = log->read({3}, size - 1, ReadUpTo::log_end, false);
    EXPECT_EQ(none->length, 0);
    const auto one = log->read({3}, 0, ReadUpTo::log_end, true);
    EXPECT_EQ(one->length, size);
    EXPECT_TRUE(one->first_batch_exceeds_limit);
}

TEST_F(LogTest, ReadsNothingPastTheHighWatermark) {
    open();
    for (int i = 0; i < 10; ++i) {
        append_ok();
    }
    log->set_high_watermark({4});
    EXPECT_EQ(offsets_from({0}, ReadUpTo::high_watermark), range(0, 4));
    EXPECT_EQ(offsets_from({0}, ReadUpTo::log_end), range(0, 10));
    EXPECT_EQ(log->read({4}, 1000, ReadUpTo::high_watermark, true)->length, 0);
}

TEST_F(LogTest, RefusesOffsetsOutsideOfTheLog) {
    open();
    append_ok(3);
    EXPECT_EQ(log->read({4}, 1, ReadUpTo::log_end, true).error().code, ErrorCode::offset_out_of_range);
    ASSERT_TRUE(*log->move_log_start({2}));
    EXPECT_EQ(log->read({1}, 1, ReadUpTo::log_end, true).error().code, ErrorCode::offset_out_of_range);
    EXPECT_EQ(log->read({3}, 1, ReadUpTo::log_end, true)->length, 0);
}

TEST_F(LogTest, RollsBySize) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    for (int i = 0; i < 20; ++i) {
        append_ok();
    }
    EXPECT_GT(log->segments()->size(), 3U);
    for (const auto& [base, segment] : *log->segments()) {
        EXPECT_LE(segment->size(), 300);
    }
    EXPECT_EQ(offsets_from({0}), range(0, 20));
}

TEST_F(LogTest, RollsByTheTimeBetweenRecords) {
    configure([](TopicConfig& c) { c.segment_ms = 1000ms; });
    open();
    append_ok();
    now += 1000ms;
    append_ok();
    EXPECT_EQ(log->segments()->size(), 1U);
    now += 1ms;
    append_ok();
    EXPECT_EQ(log->segments()->size(), 2U);
}

TEST_F(LogTest, RollsWhenAnIndexIsFull) {
    configure([](TopicConfig& c) {
        c.index_interval_bytes = 0;
        c.segment_index_bytes = 48;
    });
    open();
    for (int i = 0; i < 20; ++i) {
        append_ok();
        now += 1ms;
    }
    EXPECT_GT(log->segments()->size(), 3U);
}

TEST_F(LogTest, RollsWhenOffsetsNoLongerFit31Bits) {
    open();
    append_ok();
    Bytes far = batch(1);
    set_base_offset(far, {std::int64_t{1} << 31});
    ASSERT_TRUE(log->append_as_follower(far, now));
    EXPECT_EQ(log->segments()->size(), 2U);
    EXPECT_EQ(offsets_from({1}), range(std::int64_t{1} << 31, (std::int64_t{1} << 31) + 1));
}

TEST_F(LogTest, FollowersKeepTheLeadersOffsetsAndEpochs) {
    open();
    Bytes first = batch(2), second = batch(3);
    set_base_offset(first, {10});
    set_leader_epoch(first, {3});
    set_base_offset(second, {20});  // compaction left a gap
    set_leader_epoch(second, {5});
    Bytes both = first;
    both.insert(both.end(), second.begin(), second.end());
    both.insert(both.end(), first.begin(), first.begin() + 30);  // cut off
    ASSERT_TRUE(log->append_as_follower(both, now));
    EXPECT_EQ(log->log_end(), Offset{23});
    EXPECT_EQ(log->latest_epoch(), LeaderEpoch{5});
    EXPECT_EQ(log->epoch_end_offset({3}), (LeaderEpochs::EndOffset{{3}, {20}}));
    EXPECT_EQ(offsets_from({12}), range(20, 23));
    EXPECT_EQ(log->append_as_follower(first, now).error().code, ErrorCode::offset_out_of_range);
}

TEST_F(LogTest, AnswersADuplicateWithTheFirstAnswer) {
    open();
    const TestProducer producer{{7}, {0}, 0};
    ASSERT_TRUE(append(batch(3, producer)));
    append_ok();
    const auto again = append(batch(3, producer));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->duplicate);
    EXPECT_EQ(again->first_offset, Offset{0});
    EXPECT_EQ(again->last_offset, Offset{2});
    EXPECT_EQ(log->log_end(), Offset{4});
    EXPECT_EQ(append(batch(1, {{7}, {0}, 9})).error().error.code, ErrorCode::out_of_order_sequence_number);
    ASSERT_TRUE(append(batch(1, {{7}, {1}, 0})));
    EXPECT_EQ(append(batch(1, {{7}, {0}, 3})).error().error.code, ErrorCode::invalid_producer_epoch);
}

TEST_F(LogTest, KnowsItsProducersAfterARestart) {
    for (const bool clean : {true, false}) {
        open();
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(append(batch(2, {{7}, {0}, i * 2})));
        }
        reopen(clean);
        EXPECT_TRUE(append(batch(2, {{7}, {0}, 4}))->duplicate) << clean;
        EXPECT_EQ(append(batch(1, {{7}, {0}, 5})).error().error.code, ErrorCode::out_of_order_sequence_number);
        ASSERT_TRUE(append(batch(1, {{7}, {0}, 6})));
        log.reset();
        ASSERT_TRUE(files.remove_tree(options.directory));
        options.recovery_point = {0};
    }
}

TEST_F(LogTest, HoldsBackOpenTransactions) {
    open();
    append_ok(2);
    ASSERT_TRUE(append(batch(2, {{7}, {0}, 0, true})));
    append_ok(1);
    EXPECT_EQ(log->last_stable_offset(), Offset{2});
    EXPECT_EQ(offsets_from({0}, ReadUpTo::last_stable), range(0, 2));
    ASSERT_TRUE(append(marker({{7}, {0}}, false), AppendOrigin::coordinator));
    EXPECT_EQ(log->last_stable_offset(), Offset{6});
    const auto slice = log->read({0}, 1 << 20, ReadUpTo::last_stable, true);
    ASSERT_EQ(slice->aborted.size(), 1U);
    EXPECT_EQ(slice->aborted[0], (AbortedTransaction{{7}, {2}, {5}, {6}}));
    for (const bool clean : {false, true}) {
        reopen(clean);
        log->set_high_watermark(log->log_end());
        EXPECT_EQ(log->last_stable_offset(), Offset{6});
        EXPECT_EQ(log->aborted_transactions({0}, {6})->size(), 1U);
    }
    EXPECT_EQ(
        append(marker({{7}, {0}}, true, -1), AppendOrigin::coordinator).error().error.code,
        ErrorCode::transaction_coordinator_fenced
    );
}

TEST_F(LogTest, GivesAShortfallInTheMarkersReplicationNoStableOffset) {
    open();
    ASSERT_TRUE(append(batch(2, {{7}, {0}, 0, true})));
    const Offset before = log->log_end();
    Bytes end = marker({{7}, {0}}, true);
    ASSERT_TRUE(log->append(log->validate(end, AppendOrigin::coordinator, now), epoch, now));
    log->set_high_watermark(before);
    EXPECT_EQ(log->last_stable_offset(), Offset{0});  // the marker may yet be lost
    log->set_high_watermark(log->log_end());
    EXPECT_EQ(log->last_stable_offset(), Offset{3});
}

TEST_F(LogTest, FindsOffsetsByTime) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    const Timestamp start = now;
    for (int i = 0; i < 20; ++i) {
        append_ok();
        now += 10ms;
    }
    const auto at = [&](Timestamp when) { return *log->offset_for_timestamp(when.time_since_epoch().count()); };
    EXPECT_EQ(at(start)->offset, Offset{0});
    EXPECT_EQ(at(start + 45ms), (FoundOffset{start + 50ms, {5}, {0}}));
    EXPECT_EQ(at(start + 190ms)->offset, Offset{19});
    EXPECT_FALSE(at(start + 191ms));
    EXPECT_EQ((*log->offset_for_timestamp(list_offsets::max_timestamp))->offset, Offset{19});
    EXPECT_EQ((*log->offset_for_timestamp(list_offsets::latest))->offset, Offset{20});
    ASSERT_TRUE(*log->move_log_start({8}));
    EXPECT_EQ(at(start)->offset, Offset{8});
    EXPECT_EQ((*log->offset_for_timestamp(list_offsets::earliest))->offset, Offset{8});
}

TEST_F(LogTest, FlushesUpToAnOffsetAndRemembersIt) {
    open();
    append_ok(3);
    EXPECT_EQ(log->recovery_point(), Offset{0});
    EXPECT_FALSE(log->flush_due(now));
    ASSERT_TRUE(log->flush({2}, now));
    EXPECT_EQ(log->recovery_point(), Offset{2});
    configure([](TopicConfig& c) { c.flush_messages = 1; });
    EXPECT_TRUE(log->flush_due(now));
    ASSERT_TRUE(log->flush({100}, now));
    EXPECT_EQ(log->recovery_point(), Offset{3});
    EXPECT_FALSE(log->flush_due(now));
}

TEST_F(LogTest, FlushesTheIndexesOfASegmentOnceItIsSealed) {
    open();
    append_ok();
    ASSERT_TRUE(log->flush(log->log_end(), now));
    ASSERT_TRUE(log->roll(now));
    const auto sealed = log->segments()->begin()->second;
    EXPECT_TRUE(sealed->indexes_pending());
    append_ok();
    ASSERT_TRUE(log->flush(log->log_end(), now));
    EXPECT_FALSE(sealed->indexes_pending());
}

TEST_F(LogTest, FlushesUpToTheActiveSegmentWithoutIt) {
    open();
    append_ok();
    ASSERT_TRUE(log->roll(now));
    append_ok();
    ASSERT_TRUE(log->flush({1}, now));
    EXPECT_EQ(log->recovery_point(), Offset{1});
    EXPECT_FALSE(log->segments()->begin()->second->indexes_pending());
}

TEST_F(LogTest, TellsReadersThatLaterSegmentsHaveMore) {
    open();
    append_ok();
    ASSERT_TRUE(log->roll(now));
    EXPECT_FALSE(log->read({0}, 1000, ReadUpTo::log_end, true)->more_in_later_segment);
    append_ok();
    EXPECT_TRUE(log->read({0}, 1000, ReadUpTo::log_end, true)->more_in_later_segment);
    EXPECT_FALSE(log->read({1}, 1000, ReadUpTo::log_end, true)->more_in_later_segment);
    log->set_high_watermark({1});
    EXPECT_TRUE(log->read({0}, 1000, ReadUpTo::log_end, true)->more_in_later_segment);
}

TEST_F(LogTest, IsReadBesideAppendsRollsAndFlushes) {
    configure([](TopicConfig& c) {
        c.internal_segment_bytes = 4000;
        c.index_interval_bytes = 200;
    });
    open();
    constexpr std::int64_t records = 2000;
    std::atomic<bool> done = false;
    std::vector<std::jthread> others;
    for (int reader = 0; reader < 2; ++reader) {
        others.emplace_back([&] {
            Offset at{0};
            while (at.value < records) {
                const auto slice = log->read(at, 700, ReadUpTo::high_watermark, true);
                ASSERT_TRUE(slice) << slice.error().detail;
                const Bytes bytes = *slice->read();
                for (BytesView rest = bytes; !rest.empty();) {
                    const auto each = RecordBatchView::parse(rest);
                    ASSERT_TRUE(each && each->crc_matches() && each->base_offset() == at);
                    at = each->next_offset();
                    rest = rest.subspan(each->size());
                }
            }
        });
    }
    others.emplace_back([&] {
        while (!done) {
            ASSERT_TRUE(log->flush(log->log_end(), now));
            ASSERT_TRUE(log->offset_for_timestamp(list_offsets::max_timestamp));
        }
    });
    for (std::int64_t i = 0; i < records; ++i) {
        append_ok();
    }
    done = true;
}

TEST_F(LogTest, HasRoomBehindItsEndWhileItGrows) {
    const auto file = [&] { return contents("00000000000000000000.log"); };
    const auto large = [&] { return batch(1, {}, std::string(300'000, 'x')); };
    const auto small_batch = [&] { return batch(1, {}, std::string(5'000, 'y')); };
    open();
    ASSERT_TRUE(append(small_batch()));
    EXPECT_EQ(file().size(), static_cast<std::size_t>(log->size())) << "a small log has none";
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(append(large()));
    }
    for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(append(small_batch()));
        const Bytes bytes = file();
        ASSERT_EQ(bytes.size() % 65'536, 0U);
        ASSERT_LT(bytes.size() - static_cast<std::size_t>(log->size()), 65'536U);
        ASSERT_TRUE(std::all_of(bytes.begin() + log->size(), bytes.end(), [](auto each) {
            return each == std::byte{0};
        }));
    }
    log->begin_sync(log->log_end_position());
    EXPECT_EQ(offsets_from({0}), range(0, 35));

    reopen(false);  // as after a crash
    EXPECT_EQ(log->log_end(), Offset{35});
    EXPECT_EQ(file().size(), static_cast<std::size_t>(log->size()));

    ASSERT_TRUE(append(small_batch()));
    EXPECT_GT(file().size(), static_cast<std::size_t>(log->size()));
    log->rest_if_idle();
    log->rest_if_idle();
    EXPECT_EQ(file().size(), static_cast<std::size_t>(log->size())) << "nothing was appended meanwhile";

    ASSERT_TRUE(append(small_batch()));
    reopen(true);
    EXPECT_EQ(file().size(), static_cast<std::size_t>(log->size()));
    EXPECT_EQ(offsets_from({0}), range(0, 37));
}

TEST_F(LogTest, AFullSegmentEndsWithItsLastBatch) {
    open();
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(append(batch(1, {}, std::string(300'000, 'x'))));
    }
    const auto full = static_cast<std::size_t>(log->size());
    ASSERT_GT(contents("00000000000000000000.log").size(), full);
    ASSERT_TRUE(log->roll(now));
    EXPECT_EQ(contents("00000000000000000000.log").size(), full) << "or Kafka's recovery drops what is behind it";
}

TEST_F(LogTest, TheAppendThatRollsFindsNothingToCutOff) {
    configure([](TopicConfig& c) { c.segment_bytes = 4 << 20; });
    open();
    std::size_t before = 0, size_of_file = 0;
    while (log->segments()->size() == 1) {
        before = static_cast<std::size_t>(log->size());
        size_of_file = log->size() > 0 ? contents("00000000000000000000.log").size() : 0;
        ASSERT_TRUE(append(batch(1, {}, std::string(20'000, 'x'))));
    }
    EXPECT_EQ(size_of_file, before);
    EXPECT_EQ(contents("00000000000000000000.log").size(), before);
}

TEST_F(LogTest, ReservesTheDeviceAheadOfItsEndWhileItGrows) {
    constexpr std::int64_t slack = 2 * 65'536;
    const auto ahead = [&] {
        struct stat status{};
        EXPECT_EQ(::stat(path("00000000000000000000.log").c_str(), &status), 0);
        return std::int64_t{512} * status.st_blocks - log->size();
    };
    const auto grow = [&](int batches) {
        for (int i = 0; i < batches; ++i) {
            ASSERT_TRUE(append(batch(1, {}, std::string(300'000, 'x'))));
        }
    };
    open();
    grow(3);
    EXPECT_LE(ahead(), slack) << "a small log reserves nothing";
    grow(5);
    EXPECT_GT(ahead(), slack);
    EXPECT_LE(ahead(), log->size() / 4 + slack);

    reopen(false);  // as after a crash
    EXPECT_LE(ahead(), slack);

    grow(2);
    EXPECT_GT(ahead(), slack);
    log->rest_if_idle();
    log->rest_if_idle();
    EXPECT_LE(ahead(), slack) << "nothing was appended meanwhile";

    grow(2);
    ASSERT_TRUE(log->truncate_to(Offset{10}, now));
    EXPECT_LE(ahead(), slack);
    EXPECT_EQ(offsets_from({0}), range(0, 10));

    grow(2);
    reopen(true);
    EXPECT_LE(ahead(), slack);
}

TEST_F(LogTest, KeepsTheTopicId) {
    open();
    const TopicId topic{1, 1000};
    EXPECT_FALSE(log->topic_id());
    ASSERT_TRUE(log->set_topic_id(topic));
    EXPECT_EQ(log->set_topic_id({2, 1000}).error().code, ErrorCode::inconsistent_topic_id);
    reopen(false);
    EXPECT_EQ(log->topic_id(), topic);
}

TEST_F(LogTest, WritesALeaderEpochWithItsFirstRecord) {
    open();
    log->begin_leader_epoch({4});
    EXPECT_FALSE(*files.status(path("leader-epoch-checkpoint")));
    log->begin_leader_epoch({5});
    EXPECT_EQ(log->latest_epoch(), LeaderEpoch{5});
    epoch = {5};
    append_ok(2);
    log->begin_leader_epoch({6});
    EXPECT_EQ(as_text(contents("leader-epoch-checkpoint")), "0\n1\n5 0\n");
    reopen(true);
    EXPECT_EQ(log->latest_epoch(), LeaderEpoch{5});
}

TEST_F(LogTest, AnEpochWithoutRecordsThatTheFileTellsIsForgotten) {
    epoch = {1};
    open();
    append_ok(2);
    ASSERT_TRUE(log->close());
    log.reset();
    put("leader-epoch-checkpoint", as_bytes("0\n2\n1 0\n3 2\n"));
    reopen(true);
    EXPECT_EQ(log->latest_epoch(), LeaderEpoch{1});
    append_ok();
    EXPECT_EQ(as_text(contents("leader-epoch-checkpoint")), "0\n1\n1 0\n");
}

TEST_F(LogTest, HoldsNoDescriptorWhileNothingIsAppended) {
    const auto descriptors = [&] { return files.list("/proc/self/fd")->size(); };
    const std::size_t before = descriptors();
    open();
    EXPECT_EQ(descriptors(), before);
    append_ok();
    EXPECT_EQ(descriptors(), before + 1);
    log->rest_if_idle();
    EXPECT_EQ(descriptors(), before + 1) << "something was appended";
    log->rest_if_idle();
    EXPECT_EQ(descriptors(), before);
    append_ok();
    EXPECT_EQ(offsets_from({0}), range(0, 2));
}

TEST_F(LogTest, MovesWithItsFolder) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    for (int i = 0; i < 10; ++i) {
        append_ok();
    }
    ASSERT_TRUE(log->rename_directory(root + "/orders-0.x-delete"));
    EXPECT_EQ(offsets_from({0}), range(0, 10));
    append_ok();
    EXPECT_EQ(offsets_from({0}), range(0, 11));
    ASSERT_TRUE(log->remove());
    EXPECT_TRUE(files.list(root)->empty());
}

}  // namespace
}  // namespace barnabas
