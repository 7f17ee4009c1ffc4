// The controller over a real metadata log in a temporary directory: from a formatted directory to a topic that every
// reader of the image sees.
#include "controller/controller_driver.h"

#include <gtest/gtest.h>

#include <future>

#include "controller/broker_lifecycle.h"
#include "raft/format.h"
#include "raft/raft_loop.h"
#include "raft/temporary_directory.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

const ReplicaKey self_key{{1}, *Uuid::parse("tBrzjx4pTGGUUmk9jpcKuQ")};

NodeSettings settings() {
    NodeSettings node = read_node_settings(single_node_properties()).value();
    node.config.node_id = 1;
    node.config.metadata_max_idle_interval_ms = 20ms;
    return node;
}

/// A node's controller and broker, without what stores and serves records.
class Cluster {
public:
    explicit Cluster(const std::string& directory, std::uint64_t run) {
        RaftDriver::Options options;
        auto config = std::make_shared<TopicConfig>();
        config->retention_ms = -1ms;
        options.consensus = {self_key, 1s, 1s, 2s, 2s, 20ms, 0ms, 1 << 20, 1 << 20, 1 << 20, false};
        options.log = {directory, config, -1, -1ms, 60s};
        options.snapshots = {2000, 0ms};
        auto opened = RaftDriver::open(posix_file_system(), system_clock(), nullptr, options);
        EXPECT_TRUE(opened);
        raft_ = *std::move(opened);
        raft_loop_.emplace(*raft_, loop_);
        ControllerRegistration self;
        self.id = {1};
        self.incarnation = {1, run};
        self.features = feature::supported();
        controller_.emplace(
            ControllerDriver::Services{loop_, *raft_, metadata_, config_, background_, system_clock()},
            ControllerDriver::Options{
                "cluster", self, formatted(directory), [](const Error& error) { ADD_FAILURE() << error.detail; }
            },
            Random(run)
        );
        lifecycle_.emplace(loop_, *controller_, metadata_, system_clock(), Random(run), broker(run));
        loop_.spawn("raft", run_raft());
        loop_.spawn("controller", controller_->run());
        loop_.spawn("lifecycle", run_lifecycle());
        loop_.start();
        caller_.start();
    }

    ~Cluster() {
        std::promise<void> stopped;
        loop_.post([&] {
            lifecycle_->stop();
            controller_->stop();
            raft_loop_->stop();
            stopped.set_value();
        });
        stopped.get_future().wait();
        loop_.stop();
        caller_.stop();
        background_.stop();
        EXPECT_TRUE(raft_->close());
    }

    BrokerLifecycle& lifecycle() { return *lifecycle_; }
    MetadataCache& metadata() { return metadata_; }
    RaftDriver& raft() { return *raft_; }

    /// Waits for an image that satisfies `condition`.
    template <class Condition>
    bool wait_for(Condition condition) {
        for (int i = 0; i < 1000; ++i) {
            if (condition(*metadata_.image())) {
                return true;
            }
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }

    Expected<CreateTopicsResponse> create_topic(std::string name) {
        std::promise<Expected<CreateTopicsResponse>> reply;
        auto future = reply.get_future();
        caller_.spawn("create topic", create(std::move(name), std::move(reply)));
        return future.get();
    }

private:
    static MetadataRecords formatted(const std::string& directory) {
        MetadataRecords records;
        const auto values = read_bootstrap_records(posix_file_system(), directory);
        EXPECT_TRUE(values && *values);
        for (const Bytes& value : **values) {
            records.push_back(decode_metadata_record(value).value());
        }
        return records;
    }

    static BrokerLifecycle::Options broker(std::uint64_t run) {
        BrokerLifecycle::Options options;
        options.self.id = {1};
        options.self.incarnation = {2, run};
        options.self.features = feature::supported();
        options.self.directories = {self_key.directory};
        options.cluster_id = "cluster";
        options.heartbeat_interval = 2s;
        options.session_timeout = 9s;
        options.registration_timeout = 60s;
        return options;
    }

    Task<> run_raft() {
        const auto done = co_await raft_loop_->run();
        EXPECT_TRUE(done);
    }
    Task<> run_lifecycle() { (void)co_await lifecycle_->run(); }
    Task<> create(std::string name, std::promise<Expected<CreateTopicsResponse>> promise) {
        CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.num_partitions = 3;
        topic.replication_factor = 1;
        promise.set_value(co_await controller_->submit(std::move(request), 7, system_clock().now() + 10s, nullptr));
    }

    MetadataCache metadata_;
    LiveConfig config_{settings()};
    BackgroundPool background_{1, 10};
    EventLoop loop_{"raft"};
    EventLoop caller_{"caller"};
    std::unique_ptr<RaftDriver> raft_;
    std::optional<RaftLoop> raft_loop_;
    std::optional<ControllerDriver> controller_;
    std::optional<BrokerLifecycle> lifecycle_;
};

class ControllerDriverTest : public testing::Test {
protected:
    void SetUp() override {
        const VoterSet voters({{self_key, {{"CONTROLLER", "127.0.0.1", 9093}}, 0, 1}});
        std::vector<Bytes> records;
        for (const MetadataRecord& record : format_records(feature::v4_3_iv0)) {
            records.push_back(encode_metadata_record(record));
        }
        ASSERT_TRUE(format_metadata(posix_file_system(), folder_.path(), voters, records, system_clock().timestamp()));
    }

    TemporaryDirectory folder_;
};

bool is_running(const MetadataImage& image) {
    return image.cluster.is_active({1});
}

TEST_F(ControllerDriverTest, LeadsRegistersItsBrokerAndCreatesATopic) {
    Cluster cluster(folder_.path(), 1);
    cluster.lifecycle().set_ready();
    ASSERT_TRUE(cluster.wait_for(is_running));
    const auto reply = cluster.create_topic("orders");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->topics[0].error_code, ErrorCode::none);
    // Whoever has the answer finds the topic in the image.
    const auto image = cluster.metadata().image();
    ASSERT_TRUE(image->topics.find("orders"));
    EXPECT_EQ(image->topics.find("orders")->id, reply->topics[0].topic_id);
    EXPECT_EQ(image->topics.partition("orders", {2})->leader, NodeId{1});
}

TEST_F(ControllerDriverTest, BrokerStaysFencedUntilItIsReady) {
    Cluster cluster(folder_.path(), 1);
    ASSERT_TRUE(cluster.wait_for([](const MetadataImage& image) { return image.cluster.broker({1}) != nullptr; }));
    std::this_thread::sleep_for(100ms);
    EXPECT_FALSE(is_running(*cluster.metadata().image()));
    cluster.lifecycle().set_ready();
    EXPECT_TRUE(cluster.wait_for(is_running));
}

TEST_F(ControllerDriverTest, FindsEverythingAgainAfterARestart) {
    {
        Cluster cluster(folder_.path(), 1);
        cluster.lifecycle().set_ready();
        ASSERT_TRUE(cluster.wait_for(is_running));
        ASSERT_TRUE(cluster.create_topic("orders"));
    }
    Cluster cluster(folder_.path(), 2);
    cluster.lifecycle().set_ready();
    // Not the former broker, which is in the log as running still.
    ASSERT_TRUE(cluster.wait_for([](const MetadataImage& image) {
        return is_running(image) && image.cluster.broker({1})->incarnation == Uuid{2, 2};
    }));
    EXPECT_EQ(cluster.metadata().image()->topics.partition("orders", {0})->leader, NodeId{1});
}

std::size_t count_snapshots(const std::string& directory) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory + "/__cluster_metadata-0")) {
        count += entry.path().extension() == ".checkpoint" ? 1 : 0;
    }
    return count;
}

TEST_F(ControllerDriverTest, WritesSnapshotsAndStartsFromThem) {
    const std::size_t formatted = count_snapshots(folder_.path());
    {
        Cluster cluster(folder_.path(), 1);
        cluster.lifecycle().set_ready();
        ASSERT_TRUE(cluster.wait_for(is_running));
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE(cluster.create_topic("t" + std::to_string(i)));
        }
        EXPECT_TRUE(cluster.wait_for([&](const MetadataImage&) { return count_snapshots(folder_.path()) > formatted; })
        );
    }
    Cluster cluster(folder_.path(), 2);
    EXPECT_TRUE(cluster.wait_for([](const MetadataImage& image) { return image.topics.size() == 20; }));
}

TEST_F(ControllerDriverTest, LetsItsBrokerGo) {
    Cluster cluster(folder_.path(), 1);
    cluster.lifecycle().set_ready();
    ASSERT_TRUE(cluster.wait_for(is_running));
    ASSERT_TRUE(cluster.create_topic("orders"));
    cluster.lifecycle().leave();
    EXPECT_TRUE(cluster.wait_for([](const MetadataImage& image) { return image.cluster.broker({1})->fenced; }));
    for (int i = 0; i < 100 && cluster.lifecycle().state() != BrokerLifecycle::State::gone; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(cluster.lifecycle().state(), BrokerLifecycle::State::gone);
}

}  // namespace
}  // namespace barnabas
