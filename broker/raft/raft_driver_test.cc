#include "raft/raft_driver.h"

#include <gtest/gtest.h>

#include "io/whole_file.h"
#include "raft/format.h"
#include "raft/snapshot_name.h"
#include "raft/temporary_directory.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

class ManualClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return Instant(elapsed_); }
    [[nodiscard]] Timestamp timestamp() const override { return Timestamp(1795238696533ms) + elapsed_; }
    void advance(std::chrono::milliseconds by) { elapsed_ += by; }

private:
    std::chrono::milliseconds elapsed_{1000000};
};

/// Remembers all it was told, as text.
class Listener final : public RaftListener {
public:
    void on_commit(const CommittedBatch& batch) override {
        for (const BytesView value : batch.values) {
            values.emplace_back(as_text(value));
        }
        next = batch.last_offset + 1;
        last_append = batch.append_timestamp;
    }
    Expected<void> on_load_snapshot(SnapshotReader& snapshot) override {
        values.clear();
        next = snapshot.id().offset;
        ++snapshots_loaded;
        while (true) {
            auto batch = snapshot.next();
            if (!batch) {
                return std::unexpected(batch.error());
            }
            if (!*batch) {
                return {};
            }
            for (const BytesView value : **batch) {
                values.emplace_back(as_text(value));
            }
        }
    }
    void on_leader_change(NodeId who, LeaderEpoch when) override {
        leader = who;
        epoch = when;
    }
    void on_snapshot_due() override { ++snapshots_due; }

    std::vector<std::string> values;
    Offset next{0};
    Timestamp last_append = no_timestamp;
    NodeId leader = no_node;
    LeaderEpoch epoch{0};
    int snapshots_loaded = 0, snapshots_due = 0;
};

Bytes bytes_of(std::string_view text) {
    return copy(as_bytes(text));
}

/// One voter in a directory of its own.
class OneVoter : public testing::Test {
protected:
    OneVoter() {
        const VoterSet voters({{self, {{"CONTROLLER", "127.0.0.1", 9093}}, 0, 1}});
        EXPECT_TRUE(format_metadata(files, folder.path(), voters, {}, clock.timestamp()));
        auto config = std::make_shared<TopicConfig>();
        config->retention_ms = -1ms;
        config->internal_segment_bytes = 4096;
        options.consensus = {self, 1s, 1s, 2s, 2s, 20ms, 25ms, 1 << 20, 1 << 20, 1 << 20, false};
        options.log = {folder.path(), config, -1, -1ms, 60s};
        options.snapshots = {1000, 0ms};
    }

    void open() {
        driver.reset();
        auto opened = RaftDriver::open(files, clock, nullptr, options);
        ASSERT_TRUE(opened) << opened.error().detail;
        driver = *std::move(opened);
        listener = Listener();
        driver->subscribe(listener);
        step();
    }
    void step() {
        const auto done = driver->step();
        ASSERT_TRUE(done) << done.error().detail;
    }
    Offset append(const std::vector<std::string>& texts) {
        std::vector<Bytes> values;
        for (const std::string& text : texts) {
            values.push_back(bytes_of(text));
        }
        const auto offset = driver->append(driver->epoch(), values);
        EXPECT_TRUE(offset) << offset.error().detail;
        return offset.value_or(no_offset);
    }
    void commit(const std::vector<std::string>& texts) {
        append(texts);
        clock.advance(25ms);
        step();
    }
    SnapshotId write_snapshot(const std::vector<std::string>& texts) {
        auto writer = driver->create_snapshot(listener.next, listener.last_append);
        EXPECT_TRUE(writer && *writer != nullptr);
        for (const std::string& text : texts) {
            EXPECT_TRUE((*writer)->append(std::vector<Bytes>{bytes_of(text)}, clock.timestamp()));
        }
        EXPECT_TRUE((*writer)->freeze(clock.timestamp()));
        const auto frozen = driver->snapshot_frozen((*writer)->id());
        EXPECT_TRUE(frozen) << frozen.error().detail;
        return (*writer)->id();
    }
    [[nodiscard]] std::string quorum_state() const {
        return std::string(as_text(**read_whole_file(files, folder.path() + "/__cluster_metadata-0/quorum-state")));
    }

    FileSystem& files = posix_file_system();
    TemporaryDirectory folder;
    ManualClock clock;
    ReplicaKey self{{1}, *Uuid::parse("tBrzjx4pTGGUUmk9jpcKuQ")};
    RaftDriver::Options options;
    std::unique_ptr<RaftDriver> driver;
    Listener listener;
};

TEST_F(OneVoter, LeadsAfterItsFirstStep) {
    open();
    EXPECT_EQ(listener.leader, NodeId{1});
    EXPECT_EQ(listener.epoch, LeaderEpoch{1});
    EXPECT_EQ(driver->high_watermark(), Offset{3}) << "leader change, kraft.version, voters";
    EXPECT_EQ(
        quorum_state(),
        R"({"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1})"
    );
}

TEST_F(OneVoter, CommitsAtOnceWhatComesAlone) {
    open();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(append({"a", "b"}), Offset{3 + 2 * i});
        step();
        EXPECT_EQ(driver->high_watermark(), Offset{5 + 2 * i});
    }
    EXPECT_EQ(listener.values, (std::vector<std::string>{"a", "b", "a", "b", "a", "b"}));
}

TEST_F(OneVoter, CollectsForTheLingerWhileSeveralCome) {
    open();
    EXPECT_EQ(append({"a", "b"}), Offset{3});
    EXPECT_EQ(append({"c"}), Offset{5});
    EXPECT_EQ(driver->next_offset(), Offset{6});
    step();
    EXPECT_EQ(driver->high_watermark(), Offset{6});
    append({"d"});
    clock.advance(24ms);
    append({"e"});
    step();
    EXPECT_EQ(driver->high_watermark(), Offset{6});
    EXPECT_EQ(driver->next_deadline(), clock.now() + 1ms);
    clock.advance(1ms);
    step();
    EXPECT_EQ(listener.values, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
    EXPECT_EQ(listener.next, Offset{8});
    append({"f"});
    clock.advance(25ms);
    step();
    EXPECT_EQ(listener.next, Offset{9}) << "nothing came with it";
    append({"g"});
    step();
    EXPECT_EQ(listener.next, Offset{10});
}

TEST_F(OneVoter, RefusesToAppendInAnotherEpochOrTooMuch) {
    open();
    const std::vector<Bytes> value{bytes_of("a")};
    EXPECT_EQ(driver->append({7}, value).error().code, ErrorCode::not_controller);
    const std::vector<Bytes> large{Bytes(2 << 20)};
    EXPECT_EQ(driver->append({1}, large).error().code, ErrorCode::record_list_too_large);
    EXPECT_EQ(driver->append({1}, {}).error().code, ErrorCode::invalid_request);
}

TEST_F(OneVoter, LeadsTheNextEpochAfterARestartAndKeepsEverything) {
    open();
    commit({"a"});
    commit({"b"});
    open();
    EXPECT_EQ(listener.epoch, LeaderEpoch{2});
    EXPECT_EQ(listener.leader, NodeId{1});
    EXPECT_EQ(listener.values, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(driver->quorum().voter_set.size(), 1u);
    EXPECT_EQ(driver->quorum().kraft_version, 1);
}

TEST_F(OneVoter, TellsAListenerThatComesLateTheSame) {
    open();
    commit({"a"});
    Listener late;
    driver->subscribe(late);
    step();
    EXPECT_EQ(late.values, (std::vector<std::string>{"a"}));
    EXPECT_EQ(late.leader, NodeId{1});
    driver->unsubscribe(late);
    commit({"b"});
    EXPECT_EQ(late.values, (std::vector<std::string>{"a"}));
}

TEST_F(OneVoter, LosesAndRegainsLeadershipWhenItResigns) {
    open();
    driver->resign({1});
    step();
    EXPECT_EQ(listener.leader, no_node);
    EXPECT_FALSE(driver->append({1}, std::vector<Bytes>{bytes_of("a")}));
    for (int i = 0; i < 10 && listener.leader == no_node; ++i) {
        clock.advance(1s);
        step();
    }
    EXPECT_EQ(listener.leader, NodeId{1});
    EXPECT_GT(listener.epoch, LeaderEpoch{1});
}

TEST_F(OneVoter, BeginsFromItsSnapshotAfterARestart) {
    open();
    commit({"a", "b"});
    const SnapshotId snapshot = write_snapshot({"ab"});
    EXPECT_EQ(snapshot, (SnapshotId{{1}, {5}}));
    commit({"c"});
    open();
    EXPECT_EQ(listener.snapshots_loaded, 1);
    EXPECT_EQ(listener.values, (std::vector<std::string>{"ab", "c"}));
    EXPECT_EQ(driver->latest_snapshot(), snapshot);
    EXPECT_TRUE(driver->quorum().voter_set.contains(self)) << "the snapshot holds the voters";
}

TEST_F(OneVoter, AsksForASnapshotAfterEnoughRecords) {
    open();
    commit({std::string(500, 'a')});
    EXPECT_EQ(listener.snapshots_due, 0);
    commit({std::string(500, 'b')});
    EXPECT_EQ(listener.snapshots_due, 1);
    commit({"c"});
    EXPECT_EQ(listener.snapshots_due, 1);
}

TEST_F(OneVoter, DropsWhatItsRetentionNoLongerKeeps) {
    options.log.retention_bytes = 8000;
    open();
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 5; ++j) {
            commit({std::string(1000, 'x')});
        }
        write_snapshot({"snapshot"});
    }
    const std::string log = folder.path() + "/__cluster_metadata-0/";
    EXPECT_FALSE(*files.status(log + "00000000000000000000.log"));
    EXPECT_FALSE(*files.status(log + snapshot_file_name({})));
    EXPECT_TRUE(*files.status(log + snapshot_file_name({}) + ".deleted"));
    clock.advance(2min);
    step();
    EXPECT_FALSE(*files.status(log + snapshot_file_name({}) + ".deleted"));
    open();
    EXPECT_EQ(listener.values, (std::vector<std::string>{"snapshot"}));
    EXPECT_EQ(listener.leader, NodeId{1});
}

TEST_F(OneVoter, LeavesOutATornTail) {
    open();
    commit({"a"});
    driver.reset();
    auto file = files.open(folder.path() + "/__cluster_metadata-0/00000000000000000000.log", OpenFor::write);
    ASSERT_TRUE((*file)->write_at(*(*file)->size(), Bytes(40)));
    open();
    EXPECT_EQ(listener.values, (std::vector<std::string>{"a"}));
    EXPECT_EQ(listener.leader, NodeId{1});
}

TEST_F(OneVoter, RefusesToStartWithADamagedQuorumState) {
    open();
    driver.reset();
    const std::string path = folder.path() + "/__cluster_metadata-0/quorum-state";
    ASSERT_TRUE(replace_file(files, path, as_bytes("{}")));
    const auto opened = RaftDriver::open(files, clock, nullptr, options);
    EXPECT_TRUE(opened.error().detail.starts_with(path + ": data_version is not between 0 and 1; restore it"));
}

TEST(Retention, KeepsTheLatestSnapshotHoweverOldOrLarge) {
    const Timestamp now{100s};
    const std::vector<SnapshotFiles::Snapshot> snapshots{
        {{{1}, {10}}, 100, Timestamp{10s}}, {{{1}, {20}}, 100, Timestamp{50s}}, {{{2}, {30}}, 100, Timestamp{60s}}
    };
    EXPECT_EQ(retention_start(snapshots, 1000, -1, -1ms, now), std::nullopt);
    EXPECT_EQ(retention_start(snapshots, 1000, 1, -1ms, now), Offset{30});
    EXPECT_EQ(retention_start(snapshots, 1000, 1250, -1ms, now), Offset{20});
    EXPECT_EQ(retention_start(snapshots, 1000, -1, 60000ms, now), Offset{20});
    EXPECT_EQ(retention_start({}, 1000, 1, 1ms, now), std::nullopt);
}

}  // namespace
}  // namespace barnabas
