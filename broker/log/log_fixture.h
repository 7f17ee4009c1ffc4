#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include "io/whole_file.h"
#include "log/log.h"
#include "model/record_batch_builder.h"

namespace barnabas {

/// Who a test batch is from.
struct TestProducer {
    ProducerId id = no_producer;
    ProducerEpoch epoch = no_producer_epoch;
    std::int32_t sequence = -1;
    bool transactional = false;
};

/// For tests of a log on the real disk, in a folder that is removed in the end.
class LogFixture : public testing::Test {
protected:
    LogFixture() {
        std::string name = testing::TempDir() + "log-XXXXXX";
        root = ::mkdtemp(name.data());
        options.partition = {"orders", {0}};
        options.directory = root + "/orders-0";
        configure([](TopicConfig& config) { config.index_interval_bytes = 100; });
    }
    ~LogFixture() override {
        log.reset();
        (void)files.remove_tree(root);
    }

    void configure(const std::function<void(TopicConfig&)>& change) {
        change(config);
        options.config = std::make_shared<const TopicConfig>(config);
        if (log) {
            log->set_config(options.config);
        }
    }

    void open() {
        auto opened = Log::open(files, options, now);
        ASSERT_TRUE(opened) << opened.error().detail;
        log = *std::move(opened);
    }

    /// Opens again what was left; after `close()` as cleanly shut down.
    void reopen(bool clean) {
        options.recovery_point = log ? log->recovery_point() : options.recovery_point;
        options.log_start = log ? log->log_start() : options.log_start;
        if (log && clean) {
            ASSERT_TRUE(log->close());
        }
        log.reset();
        options.clean_shutdown = clean;
        open();
    }

    Bytes batch(
        int records, TestProducer producer = {}, std::string_view value = "value", Compression codec = Compression::none
    ) {
        RecordBatchBuilder builder({
            .compression = codec,
            .producer_id = producer.id,
            .producer_epoch = producer.epoch,
            .base_sequence = producer.sequence,
            .transactional = producer.transactional,
        });
        for (int i = 0; i < records; ++i) {
            builder.append(now, as_bytes("key"), as_bytes(value));
        }
        return builder.finish();
    }

    Bytes marker(TestProducer producer, bool commit, std::int32_t coordinator_epoch = 0) {
        RecordBatchBuilder builder(
            {.producer_id = producer.id, .producer_epoch = producer.epoch, .transactional = true, .control = true}
        );
        Bytes key(4), value(6);
        key[3] = std::byte{commit};
        store_big_endian(value.data() + 2, coordinator_epoch);
        builder.append(now, key, value);
        return builder.finish();
    }

    std::expected<Appended, AppendFailure> append(Bytes bytes, AppendOrigin origin = AppendOrigin::client) {
        auto appended = log->append(log->validate(bytes, origin, now), epoch, now);
        if (appended) {
            log->set_high_watermark(log->log_end());
        }
        return appended;
    }

    Offset append_ok(int records = 1) {
        const auto appended = append(batch(records));
        EXPECT_TRUE(appended) << appended.error().error.detail;
        return appended ? appended->first_offset : no_offset;
    }

    /// Offsets of all records from `from` on, read slice by slice.
    std::vector<std::int64_t> offsets_from(
        Offset from, ReadUpTo bound = ReadUpTo::log_end, std::int64_t most = 1 << 20
    ) {
        std::vector<std::int64_t> offsets;
        while (true) {
            const auto slice = log->read(from, most, bound, true);
            EXPECT_TRUE(slice) << slice.error().detail;
            if (!slice || slice->length == 0) {
                return offsets;
            }
            const Bytes bytes = *slice->read();
            EXPECT_EQ(bytes.size(), static_cast<std::size_t>(slice->length));
            for (BytesView rest = bytes; !rest.empty();) {
                const auto each = RecordBatchView::parse(rest);
                EXPECT_TRUE(each && each->crc_matches());
                EXPECT_TRUE(for_each_record(*each, [&](const RecordView& record) {
                    offsets.push_back(record.offset.value);
                    return true;
                }));
                from = each->next_offset();
                rest = rest.subspan(each->size());
            }
        }
    }

    static std::vector<std::int64_t> range(std::int64_t from, std::int64_t to) {
        std::vector<std::int64_t> numbers;
        for (; from < to; ++from) {
            numbers.push_back(from);
        }
        return numbers;
    }

    std::vector<std::string> names() { return *files.list(options.directory); }
    bool has(const std::string& name) { return std::ranges::count(names(), name) == 1; }
    std::string path(const std::string& name) { return options.directory + "/" + name; }
    Bytes contents(const std::string& name) { return **read_whole_file(files, path(name)); }
    void put(const std::string& name, BytesView bytes) {
        const auto file = files.open(path(name), OpenFor::write);
        ASSERT_TRUE(file && (*file)->truncate(0) && (*file)->write_at(0, bytes));
    }

    FileSystem& files = posix_file_system();
    std::string root;
    TopicConfig config;
    LogOptions options;
    LeaderEpoch epoch{0};
    Timestamp now{std::chrono::milliseconds(1700000000000)};
    std::unique_ptr<Log> log;
};

}  // namespace barnabas
