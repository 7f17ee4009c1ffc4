#include <gtest/gtest.h>

#include "log/log_fixture.h"

namespace barnabas {
namespace {

constexpr auto first_log = "00000000000000000000.log";

class LogRecoveryTest : public LogFixture {};

TEST_F(LogRecoveryTest, CutsATornTailAtEveryByte) {
    open();
    for (int i = 0; i < 3; ++i) {
        append_ok();
    }
    log.reset();
    const Bytes whole = contents(first_log);
    const std::size_t size = whole.size() / 3;
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        put(first_log, BytesView(whole).first(bytes));
        open();
        EXPECT_EQ(log->log_end().value, static_cast<std::int64_t>(bytes / size)) << bytes;
        EXPECT_EQ(offsets_from({0}), range(0, static_cast<std::int64_t>(bytes / size)));
        EXPECT_EQ(contents(first_log).size(), bytes / size * size);
        log.reset();
    }
}

TEST_F(LogRecoveryTest, CutsAtAFlippedByteAnywhereInTheLastBatch) {
    open();
    append_ok(2);
    append_ok(1);
    log.reset();
    const Bytes whole = contents(first_log);
    const std::size_t last = RecordBatchView(whole).size();
    for (std::size_t at = last; at < whole.size(); ++at) {
        // The leader epoch stands before what the checksum covers.
        if (at >= last + batch_layout::partition_leader_epoch && at < last + batch_layout::magic) {
            continue;
        }
        Bytes torn = whole;
        torn[at] ^= std::byte{0x81};
        put(first_log, torn);
        open();
        // A base offset that is only higher cannot be told from a gap.
        const bool still_whole = at < last + batch_layout::batch_length && log->log_end() != Offset{2};
        EXPECT_EQ(offsets_from({0}).size(), still_whole ? 3U : 2U) << at;
        log.reset();
        ASSERT_TRUE(files.remove(path("leader-epoch-checkpoint")));
        for (const std::string& name : names()) {
            if (name != first_log) {
                ASSERT_TRUE(files.remove(path(name)));
            }
        }
    }
}

TEST_F(LogRecoveryTest, ReadsEpochsAnewWhenACrashLeftTheirFileEmpty) {
    open();
    epoch = {3};
    append_ok(2);
    epoch = {7};
    append_ok(2);
    ASSERT_TRUE(log->flush(log->log_end(), now));
    options.recovery_point = log->recovery_point();
    log.reset();
    put("leader-epoch-checkpoint", {});
    open();
    EXPECT_EQ(log->leader_epochs().text(), "0\n2\n3 0\n7 2\n");
    EXPECT_EQ(as_text(contents("leader-epoch-checkpoint")), log->leader_epochs().text());
}

TEST_F(LogRecoveryTest, AppendsGoOnAfterACut) {
    open();
    append_ok(2);
    append_ok(2);
    log.reset();
    Bytes bytes = contents(first_log);
    bytes.resize(bytes.size() - 5);
    put(first_log, bytes);
    open();
    EXPECT_EQ(append_ok(1), Offset{2});
    EXPECT_EQ(offsets_from({0}), range(0, 3));
}

TEST_F(LogRecoveryTest, DropsTheSegmentsBehindACut) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    ASSERT_GT(log->segments()->size(), 3U);
    const auto second = std::next(log->segments()->begin())->second;
    log.reset();
    Bytes bytes = **read_whole_file(files, second->paths()[0]);
    bytes.back() ^= std::byte{1};
    ASSERT_TRUE(replace_file(files, second->paths()[0], bytes));
    open();
    EXPECT_EQ(log->segments()->size(), 2U);
    EXPECT_EQ(offsets_from({0}), range(0, log->log_end().value));
    EXPECT_EQ(append_ok(), Offset{log->log_end().value - 1});
}

TEST_F(LogRecoveryTest, KeepsTheSegmentsBehindZerosWhereNoOffsetIsMissing) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    const auto second = std::next(log->segments()->begin())->second;
    const std::string file = second->paths()[0];
    const Offset end = log->log_end();
    log.reset();
    const Bytes bytes = **read_whole_file(files, file);
    Bytes longer = bytes;
    longer.resize(bytes.size() + 1000);
    ASSERT_TRUE(replace_file(files, file, longer));
    open();
    EXPECT_EQ(log->log_end(), end);
    EXPECT_EQ(offsets_from({0}), range(0, end.value));
    EXPECT_EQ(**read_whole_file(files, file), bytes);
}

TEST_F(LogRecoveryTest, LeavesAloneWhatLiesBelowTheRecoveryPoint) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 300; });
    open();
    for (int i = 0; i < 12; ++i) {
        append_ok();
    }
    ASSERT_TRUE(log->flush(log->log_end(), now));
    std::vector<Offset> seen;
    options.recovery_point = log->recovery_point();
    const auto segments = log->segments();
    log.reset();
    auto opened =
        Log::open(files, options, now, [&](const RecoveryProgress& progress) { seen.push_back(progress.segment); });
    ASSERT_TRUE(opened);
    EXPECT_EQ(seen, (std::vector{segments->rbegin()->first}));
    log = *std::move(opened);
    EXPECT_EQ(offsets_from({0}), range(0, 12));
}

TEST_F(LogRecoveryTest, RebuildsIndexesThatAreMissingOrOfAnotherLog) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 1500; });
    open();
    for (int i = 0; i < 40; ++i) {
        append_ok();
        now += std::chrono::milliseconds(1);
    }
    reopen(true);
    const Bytes index = contents("00000000000000000000.index"), times = contents("00000000000000000000.timeindex");
    ASSERT_GT(index.size(), 16U);
    Bytes bad_index = index;
    bad_index[bad_index.size() - 4] = std::byte{0x7f};  // a position beyond the end
    for (const auto& spoil : std::vector<std::function<void()>>{
             [&] { ASSERT_TRUE(files.remove(path("00000000000000000000.index"))); },
             [&] { ASSERT_TRUE(files.remove(path("00000000000000000000.timeindex"))); },
             [&] { put("00000000000000000000.index", bad_index); },
             [&] { put("00000000000000000000.index", Bytes(1000)); },
             [&] { put("00000000000000000000.timeindex", Bytes(1200)); },
         }) {
        ASSERT_TRUE(log->close());
        log.reset();
        spoil();
        options.clean_shutdown = true;
        open();
        EXPECT_EQ(offsets_from({0}), range(0, 40));
        EXPECT_EQ(
            log->offset_for_timestamp((now - std::chrono::milliseconds(38)).time_since_epoch().count())->value().offset,
            Offset{2}
        );
        ASSERT_TRUE(log->close());
        EXPECT_EQ(contents("00000000000000000000.index"), index);
        EXPECT_EQ(contents("00000000000000000000.timeindex"), times);
    }
}

TEST_F(LogRecoveryTest, IsByteForByteWhatACleanShutdownLeft) {
    configure([](TopicConfig& c) { c.internal_segment_bytes = 1500; });
    open();
    for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(append(batch(2, {{7}, {0}, i * 2, true})));
        if (i % 3 == 2) {
            ASSERT_TRUE(append(marker({{7}, {0}}, i % 2 == 0), AppendOrigin::coordinator));
        }
        now += std::chrono::milliseconds(i % 4);
    }
    reopen(true);
    ASSERT_TRUE(log->close());
    std::map<std::string, Bytes> clean;
    for (const std::string& name : names()) {
        clean[name] = contents(name);
        if (!name.ends_with(".log")) {
            ASSERT_TRUE(files.remove(path(name)));
        }
    }
    log.reset();
    options.recovery_point = {0};
    options.clean_shutdown = false;
    open();
    ASSERT_TRUE(log->close());
    for (const auto& [name, bytes] : clean) {
        ASSERT_TRUE(has(name)) << name;
        EXPECT_EQ(contents(name), bytes) << name;
    }
}

TEST_F(LogRecoveryTest, PassesOverSnapshotsThatDoNotRead) {
    open();
    ASSERT_TRUE(append(batch(2, {{7}, {0}, 0})));
    reopen(true);
    ASSERT_TRUE(has("00000000000000000002.snapshot"));
    ASSERT_TRUE(log->close());
    log.reset();
    Bytes bytes = contents("00000000000000000002.snapshot");
    bytes.back() ^= std::byte{1};
    put("00000000000000000002.snapshot", bytes);
    open();
    EXPECT_TRUE(append(batch(2, {{7}, {0}, 0}))->duplicate);
}

TEST_F(LogRecoveryTest, ReadsEpochsAnewFromBatchesWhenTheirFileIsTorn) {
    open();
    append_ok(2);
    epoch = {4};
    append_ok(1);
    reopen(true);
    ASSERT_TRUE(log->close());
    log.reset();
    put("leader-epoch-checkpoint", as_bytes("0\n2\n0 0\n4"));
    open();
    EXPECT_EQ(log->leader_epochs().entries(), (std::vector<LeaderEpochs::Entry>{{{0}, {0}}, {{4}, {2}}}));
}

TEST_F(LogRecoveryTest, FinishesAnInterruptedReplacement) {
    open();
    append_ok(2);
    ASSERT_TRUE(log->roll(now));
    append_ok(1);
    reopen(true);
    ASSERT_TRUE(log->close());
    log.reset();
    // What a crash after the renames to ".swap" leaves behind.
    const Bytes log_bytes = contents(first_log);
    for (const auto* name :
         {"00000000000000000000.log", "00000000000000000000.index", "00000000000000000000.timeindex"}) {
        put(std::string(name) + ".swap", contents(name));
    }
    put(first_log, as_bytes("replaced"));
    put("00000000000000000009.log.deleted", log_bytes);
    open();
    EXPECT_EQ(offsets_from({0}), range(0, 3));
    for (const std::string& name : names()) {
        EXPECT_FALSE(name.ends_with(".swap") || name.ends_with(".deleted")) << name;
    }
}

TEST_F(LogRecoveryTest, UndoesAReplacementThatWasNotYetWhole) {
    open();
    append_ok(2);
    reopen(true);
    ASSERT_TRUE(log->close());
    log.reset();
    put("00000000000000000000.log.cleaned", as_bytes("half"));
    put("00000000000000000001.log.swap", as_bytes("half"));
    open();
    EXPECT_EQ(offsets_from({0}), range(0, 2));
    EXPECT_FALSE(has("00000000000000000001.log") || has("00000000000000000001.log.swap"));
}

TEST_F(LogRecoveryTest, BeginsAnewWhenTheLogEndsBelowItsStart) {
    open();
    append_ok(2);
    log.reset();
    options.log_start = {100};
    open();
    EXPECT_EQ(log->log_start(), Offset{100});
    EXPECT_EQ(append_ok(), Offset{100});
}

TEST_F(LogRecoveryTest, RefusesAFolderWhosePartitionMetadataIsTorn) {
    open();
    ASSERT_TRUE(log->set_topic_id({1, 1000}));
    log.reset();
    put("partition.metadata", as_bytes("version: 0\ntopic_id: AAA"));
    const auto opened = Log::open(files, options, now);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kafka_storage_error);
}

}  // namespace
}  // namespace barnabas
