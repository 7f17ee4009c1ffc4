#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "io/whole_file.h"
#include "log/cleaner.h"
#include "log/log_loading.h"
#include "model/record_batch_builder.h"

namespace barnabas {

class SettableClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return Instant{} + elapsed; }
    [[nodiscard]] Timestamp timestamp() const override { return Timestamp{std::chrono::seconds(1'000'000)} + elapsed; }

    std::chrono::milliseconds elapsed{0};
};

/// A node's logs in a temporary folder, started and stopped as often as a test likes.
class NodeLogs : public testing::Test {
protected:
    NodeLogs() {
        std::string pattern = (std::filesystem::temp_directory_path() / "node-logs-XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        topic_config = std::make_shared<const TopicConfig>();
    }
    ~NodeLogs() override {
        crash();
        std::filesystem::remove_all(root);
    }

    /// Begins with the directories "0" to "`count` - 1", and loads them.
    void start(std::size_t count = 1) {
        std::vector<std::shared_ptr<LogDir>> all;
        for (std::size_t i = 0; i < count; ++i) {
            std::filesystem::create_directories(path(i));
            all.push_back(std::make_shared<LogDir>(files, path(i), Uuid{1, i + 1}));
        }
        dirs = std::make_unique<LogDirs>(LogDirs::Options{files, std::make_shared<const Config>(config), 1}, all);
        loading = std::make_unique<LogLoading>(*dirs, files, clock);
    }
    void load() {
        loading->run(
            {.config_of = [this](const std::string&) { return topic_config; },
             .is_stray = [this](const TopicPartition& tp, const auto&) { return tp.topic == stray_topic; }},
            run_all_in_threads
        );
        upkeep = std::make_unique<LogUpkeep>(*dirs, files, clock.now());
        cleaner = std::make_unique<Cleaner>(*dirs, *upkeep, files, 1, clock.now());
    }
    void start_and_load(std::size_t count = 1) {
        start(count);
        load();
    }
    void stop(BrokerEpoch epoch = {5}) {
        upkeep->close(epoch, clock.timestamp(), run_all_in_turn);
        crash();
    }
    void crash() {
        cleaner.reset();
        upkeep.reset();
        loading.reset();
        dirs.reset();
    }

    [[nodiscard]] std::string path(std::size_t dir, const std::string& name = "") const {
        return root + "/" + std::to_string(dir) + (name.empty() ? "" : "/") + name;
    }
    [[nodiscard]] bool exists(std::size_t dir, const std::string& name) const {
        return std::filesystem::exists(path(dir, name));
    }

    std::shared_ptr<HostedLog> create(const std::string& topic, std::int32_t partition = 0) {
        auto created = dirs->find_or_create(
            {.partition = {topic, {partition}}, .topic = {2, 2}, .config = topic_config, .new_partition = true},
            clock.timestamp()
        );
        EXPECT_TRUE(created) << created.error().detail;
        return created ? *created : nullptr;
    }
    std::shared_ptr<HostedLog> found(const std::string& topic, std::int32_t partition = 0) {
        auto hosted = dirs->find({topic, {partition}});
        EXPECT_TRUE(hosted) << hosted.error().detail;
        return hosted ? *hosted : nullptr;
    }

    /// Appends a batch, all of it committed at once.
    void append(HostedLog& hosted, Bytes batch) {
        const std::lock_guard lock(hosted.mutex);
        const auto appended = hosted.log->append(
            hosted.log->validate(batch, AppendOrigin::coordinator, clock.timestamp()), {0}, clock.timestamp()
        );
        ASSERT_TRUE(appended) << appended.error().error.detail;
        hosted.log->set_high_watermark(hosted.log->log_end());
    }
    void append(HostedLog& hosted, const std::string& key, const std::string& value) {
        RecordBatchBuilder builder{RecordBatchBuilder::Options{}};
        builder.append(clock.timestamp(), as_bytes(key), as_bytes(value));
        append(hosted, builder.finish());
    }
    void roll(HostedLog& hosted) {
        const std::lock_guard lock(hosted.mutex);
        ASSERT_TRUE(hosted.log->roll(clock.timestamp()));
    }

    void upkeep_after(std::chrono::milliseconds wait) {
        clock.elapsed += wait;
        upkeep->run_due(clock.now(), clock.timestamp());
    }
    void clean() {
        clock.elapsed += config.log_cleaner_backoff_ms;
        while (cleaner->next_deadline() <= clock.now()) {
            cleaner->run_due(clock.now(), clock.timestamp());
        }
    }

    FileSystem& files = posix_file_system();
    SettableClock clock;
    Config config;
    std::shared_ptr<const TopicConfig> topic_config;
    std::string stray_topic;
    std::string root;
    std::unique_ptr<LogDirs> dirs;
    std::unique_ptr<LogLoading> loading;
    std::unique_ptr<LogUpkeep> upkeep;
    std::unique_ptr<Cleaner> cleaner;
};

}  // namespace barnabas
