#include "log/cleaner.h"

#include <thread>

#include "log/node_logs_for_test.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

/// What a record says; nothing in `value` is a tombstone.
struct Said {
    std::string key;
    std::optional<std::string> value;
    bool operator==(const Said&) const = default;
};
using Saids = std::map<Offset, Said>;

class CleanerTest : public NodeLogs {
protected:
    CleanerTest() {
        topic.cleanup_policy = {.compacts = true, .deletes = false};
        topic.internal_segment_bytes = 2000;
        topic.min_cleanable_dirty_ratio = 0;
        topic.delete_retention_ms = 60s;
        topic.index_interval_bytes = 200;
        config.log_cleaner_io_buffer_size = 500;
        configure();
    }
    void configure() { topic_config = std::make_shared<const TopicConfig>(topic); }

    /// Every record that readers may see, of transactions only the committed ones.
    Saids committed(const HostedLog& hosted) {
        Saids records;
        const auto aborted = hosted.log->aborted_transactions(hosted.log->log_start(), hosted.log->log_end());
        EXPECT_TRUE(aborted);
        Offset next{0};
        for_each_batch(hosted, [&](const RecordBatchView& batch) {
            EXPECT_TRUE(batch.crc_matches());
            EXPECT_GE(batch.base_offset(), next) << "offsets go back";
            next = batch.next_offset();
            const bool void_ = std::ranges::any_of(*aborted, [&](const AbortedTransaction& each) {
                return batch.is_transactional() && each.producer == batch.producer_id() &&
                       each.first_offset <= batch.base_offset() && batch.base_offset() <= each.last_offset;
            });
            if (!batch.is_control() && !void_) {
                collect(batch, records);
            }
        });
        EXPECT_LE(next, hosted.log->log_end());
        return records;
    }

    std::int64_t batches(const HostedLog& hosted) {
        std::int64_t count = 0;
        for_each_batch(hosted, [&](const RecordBatchView&) { ++count; });
        return count;
    }

    void for_each_batch(const HostedLog& hosted, const std::function<void(const RecordBatchView&)>& each) {
        for (const auto& [base, segment] : *hosted.log->segments()) {
            const auto read = segment->for_each_batch(0, [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
                each(batch);
                return true;
            });
            EXPECT_TRUE(read) << read.error().detail;
        }
    }

    static void collect(const RecordBatchView& batch, Saids& into) {
        const auto read = for_each_record(batch, [&](const RecordView& record) {
            std::optional<std::string> value;
            if (record.value) {
                value = as_text(*record.value);
            }
            into[record.offset] = {std::string(as_text(*record.key)), value};
            return true;
        });
        EXPECT_TRUE(read);
    }

    std::size_t segments_of(const HostedLog& hosted) { return hosted.log->segments()->size(); }

    TopicConfig topic;
};

TEST_F(CleanerTest, KeepsTheLastValueOfEachKeyAtItsOffset) {
    start_and_load();
    const auto a = create("a");
    for (const char* value : {"1", "2", "3"}) {
        append(*a, "x", value);
        append(*a, "y", value);
    }
    roll(*a);
    append(*a, "z", "1");
    clean();
    EXPECT_EQ(committed(*a), (Saids{{{4}, {"x", "3"}}, {{5}, {"y", "3"}}, {{6}, {"z", "1"}}}));
    EXPECT_EQ(a->log->log_end(), Offset{7});
}

TEST_F(CleanerTest, RemembersAcrossARestartHowFarItCame) {
    start_and_load();
    append(*create("a"), "x", "1");
    append(*found("a"), "x", "2");
    roll(*found("a"));
    append(*found("a"), "y", "1");
    clean();
    stop();
    const auto text = read_whole_file(files, path(0, "cleaner-offset-checkpoint"));
    EXPECT_EQ(parse_partition_offsets(as_text(**text)), (PartitionOffsets{{{"a", {0}}, {2}}}));
    start_and_load();
    EXPECT_EQ(found("a")->cleaner.clean_end, Offset{2});
    EXPECT_EQ(committed(*found("a")), (Saids{{{1}, {"x", "2"}}, {{2}, {"y", "1"}}}));
}

TEST_F(CleanerTest, WhatIsWrittenWhereALogWasCutIsDirty) {
    start_and_load();
    const auto a = create("a");
    for (int i = 0; i < 3; ++i) {
        append(*a, "x", "before");
        roll(*a);
    }
    append(*a, "y", "1");
    clean();
    EXPECT_EQ(a->cleaner.clean_end, Offset{3});
    {
        const std::lock_guard lock(a->mutex);
        ASSERT_TRUE(a->log->truncate_to({2}, clock.timestamp()));
    }
    append(*a, "x", "1");
    append(*a, "x", "2");
    roll(*a);
    append(*a, "z", "1");
    clean();
    EXPECT_EQ(committed(*a), (Saids{{{3}, {"x", "2"}}, {{4}, {"z", "1"}}}));
}

TEST_F(CleanerTest, GivesUpOnALogThatIsCutWhileItIsCleaned) {
    config.log_cleaner_io_buffer_size = 1;
    start_and_load();
    const auto a = create("a");
    append(*a, "x", "kept");
    roll(*a);
    append(*a, "x", "cut away");
    roll(*a);
    append(*a, "y", "1");
    clock.elapsed += config.log_cleaner_backoff_ms;
    cleaner->run_due(clock.now(), clock.timestamp());  // it has seen a key, or more
    cleaner->run_due(clock.now(), clock.timestamp());
    {
        const std::lock_guard lock(a->mutex);
        ASSERT_TRUE(a->log->truncate_to({1}, clock.timestamp()));
    }
    append(*a, "z", "1");
    clean();
    EXPECT_EQ(committed(*a), (Saids{{{0}, {"x", "kept"}}, {{1}, {"z", "1"}}}));
}

TEST_F(CleanerTest, ATopicThatIsCreatedAgainBeginsDirty) {
    start_and_load();
    append(*create("a"), "x", "1");
    roll(*found("a"));
    append(*found("a"), "x", "2");
    clean();
    ASSERT_TRUE(dirs->remove({"a", {0}}, clock.now()));
    create("a");
    EXPECT_EQ(found("a")->cleaner.clean_end, std::nullopt);
    clean();
    const auto text = read_whole_file(files, path(0, "cleaner-offset-checkpoint"));
    EXPECT_EQ(parse_partition_offsets(as_text(**text)), PartitionOffsets());
}

TEST_F(CleanerTest, LeavesLogsOfOtherTopicsAlone) {
    topic.cleanup_policy = {.compacts = false, .deletes = true};
    configure();
    start_and_load();
    append(*create("a"), "x", "1");
    append(*found("a"), "x", "2");
    roll(*found("a"));
    append(*found("a"), "x", "3");
    clean();
    EXPECT_EQ(committed(*found("a")).size(), 3u);
}

TEST_F(CleanerTest, JoinsSegmentsThatBecameSmall) {
    start_and_load();
    const auto a = create("a");
    for (int i = 0; i < 20; ++i) {
        append(*a, "x", std::string(300, 'v'));
        roll(*a);
    }
    append(*a, "y", "1");
    clean();
    clean();
    EXPECT_LE(segments_of(*a), 6u);
    topic.min_cleanable_dirty_ratio = 0;
    EXPECT_EQ(committed(*a).size(), 2u);
}

TEST_F(CleanerTest, WaitsForItsShareOfTheDisk) {
    config.log_cleaner_io_max_bytes_per_second = 100;
    start_and_load();
    const auto a = create("a");
    append(*a, "x", std::string(300, 'v'));
    append(*a, "x", std::string(300, 'v'));
    roll(*a);
    append(*a, "y", "1");
    clock.elapsed += 15s;
    cleaner->run_due(clock.now(), clock.timestamp());
    EXPECT_GE(cleaner->next_deadline(), clock.now() + 5s);
    for (int i = 0; i < 100; ++i) {
        clock.elapsed += 1s;
        cleaner->run_due(clock.now(), clock.timestamp());
    }
    EXPECT_EQ(committed(*a).size(), 2u);
}

TEST_F(CleanerTest, APartitionWithADamagedBatchIsSetAsideAndTheOthersAreCleaned) {
    start_and_load();
    for (const std::string name : {"a", "b"}) {
        append(*create(name), "x", "1");
        append(*found(name), "x", "2");
        roll(*found(name));
        append(*found(name), "x", "3");
    }
    {
        std::fstream file(path(0, "a-0/00000000000000000000.log"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(batch_layout::record_count + 3);
        file.put(7);  // more records than there are
    }
    clean();
    EXPECT_EQ(cleaner->uncleanable(), (std::vector<TopicPartition>{{"a", {0}}}));
    EXPECT_EQ(committed(*found("b")).size(), 2u);
}

TEST_F(CleanerTest, GivesUpOnALogThatLeavesWhileItIsCleaned) {
    start_and_load();
    const auto a = create("a");
    append(*a, "x", std::string(600, 'v'));
    append(*a, "x", std::string(600, 'v'));
    roll(*a);
    append(*a, "y", "1");
    clock.elapsed += 15s;
    cleaner->run_due(clock.now(), clock.timestamp());
    ASSERT_TRUE(dirs->remove({"a", {0}}, clock.now()));
    clean();
    EXPECT_TRUE(cleaner->uncleanable().empty());
    create("a");
    EXPECT_FALSE(exists(0, "a-0/00000000000000000000.log.cleaned"));
}

TEST_F(CleanerTest, WorksBesideAppendsReadsAndUpkeep) {
    config.log_cleaner_threads = 2;
    config.log_cleaner_backoff_ms = 0ms;
    config.replica_high_watermark_checkpoint_interval_ms = 0ms;
    start_and_load();
    create("a");
    create("b");
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            while (!done) {
                cleaner->run_due(clock.now(), clock.timestamp());
            }
        });
    }
    threads.emplace_back([&] {
        while (!done) {
            upkeep->run_due(clock.now(), clock.timestamp());
        }
    });
    threads.emplace_back([&] {
        while (!done) {
            const auto slice = found("a")->log->read({0}, 1000, ReadUpTo::high_watermark, true);
            EXPECT_TRUE(slice && slice->read());
        }
    });
    for (int i = 0; i < 200; ++i) {
        append(*found("a"), std::to_string(i % 7), std::to_string(i) + std::string(100, 'v'));
        append(*found("b"), std::to_string(i % 3), std::to_string(i) + std::string(100, 'v'));
    }
    done = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const auto& [name, keys] : std::map<std::string, int>{{"a", 7}, {"b", 3}}) {
        std::map<std::string, std::string> table;
        for (const auto& [offset, said] : committed(*found(name))) {
            table[said.key] = said.value->substr(0, 3);
        }
        ASSERT_EQ(std::cmp_equal(table.size(), keys), true);
        for (int i = 200 - keys; i < 200; ++i) {
            EXPECT_EQ(table.at(std::to_string(i % keys)), std::to_string(i));
        }
    }
}

/// Writes a random history of plain, idempotent and transactional batches with tombstones, cleans and restarts now and
/// then, and knows what readers must see.
class RandomHistory : public CleanerTest, public testing::WithParamInterface<std::uint64_t> {
protected:
    RandomHistory() : random_(GetParam()) {}

    bool chance(std::int64_t one_in) { return random_.below(one_in) == 0; }

    RecordBatchBuilder::Options options_of(std::int64_t producer, bool transactional) {
        RecordBatchBuilder::Options options;
        constexpr Compression codecs[] = {
            Compression::none, Compression::gzip, Compression::snappy, Compression::lz4, Compression::zstd
        };
        options.compression = codecs[random_.below(5)];
        if (producer >= 0) {
            options.producer_id = {producer};
            options.producer_epoch = {0};
            options.base_sequence = sequence_[producer];
            options.transactional = transactional;
        }
        return options;
    }

    void write(HostedLog& hosted, std::int64_t producer, bool transactional) {
        RecordBatchBuilder builder(options_of(producer, transactional));
        Saids& into = transactional ? open_[producer] : said_;
        const Offset base = hosted.log->log_end();
        const std::int64_t count = 1 + random_.below(5);
        for (std::int64_t i = 0; i < count; ++i) {
            const std::string key = "key-" + std::to_string(random_.below(25));
            const std::string value =
                std::to_string(base.value + i) + std::string(static_cast<std::size_t>(random_.below(60)), 'v');
            const bool tombstone = chance(5);
            builder.append(clock.timestamp(), as_bytes(key), tombstone ? std::nullopt : std::optional(as_bytes(value)));
            into[base + i] = {key, tombstone ? std::nullopt : std::optional(value)};
            if (producer >= 0) {
                ++sequence_[producer];
            }
        }
        append(hosted, builder.finish());
    }

    void end_transaction(HostedLog& hosted, std::int64_t producer) {
        const bool commit = chance(2);
        RecordBatchBuilder::Options options;
        options.producer_id = {producer};
        options.producer_epoch = {0};
        options.transactional = true;
        options.control = true;
        RecordBatchBuilder builder(options);
        const Bytes key{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{commit}};
        builder.append(clock.timestamp(), BytesView(key), BytesView(Bytes(6)));
        append(hosted, builder.finish());
        if (commit) {
            said_.merge(open_[producer]);
        }
        open_.erase(producer);
    }

    void one_thing(HostedLog& hosted) {
        const std::int64_t transactional_producer = 100 + random_.below(3);
        switch (random_.below(6)) {
            case 0:
                return write(hosted, -1, false);
            case 1:
                return write(hosted, random_.below(2), false);
            case 2:
            case 3:
                return write(hosted, transactional_producer, true);
            case 4:
                if (open_.contains(transactional_producer)) {
                    end_transaction(hosted, transactional_producer);
                }
                return;
            case 5:
                clock.elapsed += std::chrono::seconds(random_.below(40));
                return;
        }
    }

    /// The newest value of each key, by offsets, as somebody sees it who reads these records.
    static std::map<std::string, std::string> table(const Saids& records) {
        std::map<std::string, std::string> values;
        for (const auto& [offset, said] : records) {
            if (said.value) {
                values[said.key] = *said.value;
            } else {
                values.erase(said.key);
            }
        }
        return values;
    }

    void check(const HostedLog& hosted) {
        Saids seen = committed(hosted);
        // Records of open transactions are in the log, and not committed.
        for (const auto& [producer, records] : open_) {
            for (const auto& [offset, said] : records) {
                seen.erase(offset);
            }
        }
        ASSERT_EQ(table(seen), table(said_));
        for (const auto& [offset, said] : seen) {
            ASSERT_TRUE(said_.contains(offset)) << offset.value;
            ASSERT_EQ(said, said_.at(offset)) << offset.value;
        }
    }

    /// Below the clean end no key has two records.
    void check_clean_part(const HostedLog& hosted) {
        std::map<std::string, int> records;
        for (const auto& [offset, said] : committed(hosted)) {
            if (offset < hosted.cleaner.clean_end) {
                EXPECT_EQ(++records[said.key], 1) << said.key;
            }
        }
    }

    Random random_;
    Saids said_;
    std::map<std::int64_t, Saids> open_;
    std::map<std::int64_t, std::int32_t> sequence_;
};

TEST_P(RandomHistory, IsCompactedToTheSameTable) {
    config.log_cleaner_dedupe_buffer_size = chance(2) ? 24 * 12 : 1 << 20;  // often too small for all keys
    start_and_load();
    create("a");
    for (int i = 0; i < 400; ++i) {
        one_thing(*found("a"));
        if (chance(25)) {
            clean();
            check(*found("a"));
            check_clean_part(*found("a"));
        }
        if (chance(100)) {
            chance(2) ? stop() : crash();
            start_and_load();
            const std::lock_guard lock(found("a")->mutex);
            found("a")->log->set_high_watermark(found("a")->log->log_end());
        }
        if (HasFatalFailure()) {
            return;
        }
    }
    for (const std::int64_t producer : {100, 101, 102}) {
        if (open_.contains(producer)) {
            end_transaction(*found("a"), producer);
        }
    }
    roll(*found("a"));
    write(*found("a"), -1, false);
    // Tombstones and markers go once their horizons have passed, which takes a dirty log and some rounds.
    for (int round = 0; round < 8; ++round) {
        roll(*found("a"));
        write(*found("a"), -1, false);
        clock.elapsed += 61s;
        clean();
        check(*found("a"));
        check_clean_part(*found("a"));
    }
    EXPECT_LT(batches(*found("a")), 80);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistory, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace barnabas
