// Random operations under many seeds, and what must hold after each of them.
#include <set>

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

class RandomCluster {
public:
    explicit RandomCluster(std::uint64_t seed) : random_(seed), world_(seed, node(seed)) {}

    void step() {
        switch (random_.below(12)) {
            case 0:
            case 1:
                return create_topic();
            case 2:
                return delete_topic();
            case 3:
                return grow_topic();
            case 4:
                return register_broker();
            case 5:
                return propose_isr();
            case 6:
                return elect();
            case 7:
                return pass_time();
            case 8:
                return change_setting();
            default:
                return send_heartbeat();
        }
    }

    void check() const {
        check_partitions();
        check_epochs();
    }

    void check_replay() const {
        MetadataImage replayed;
        for (const MetadataRecord& record : world_.log) {
            const Bytes written = encode_metadata_record(record);
            const auto read = decode_metadata_record(written);
            ASSERT_TRUE(read);
            ASSERT_TRUE(replayed.apply(*read));
        }
        const MetadataRecords snapshot = world_.image().records();
        EXPECT_EQ(replayed.records(), snapshot);
        MetadataImage from_snapshot;
        for (const MetadataRecord& record : snapshot) {
            ASSERT_TRUE(from_snapshot.apply(record));
        }
        EXPECT_EQ(from_snapshot.records(), snapshot);
    }

    void remember() { before_ = world_.image(); }

private:
    static constexpr std::int32_t most_brokers = 5;

    static NodeSettings node(std::uint64_t seed) {
        NodeSettings settings = ControllerWorld::settings();
        settings.config.unclean_leader_election_enable = seed % 3 == 0;
        settings.config.min_insync_replicas = seed % 2 == 0 ? 1 : 2;
        return settings;
    }

    std::int32_t any_broker() { return static_cast<std::int32_t>(1 + random_.below(most_brokers)); }
    std::string any_name() { return "t" + std::to_string(random_.below(8)); }

    void create_topic() {
        world_.create(
            any_name(), static_cast<std::int32_t>(1 + random_.below(4)), static_cast<std::int16_t>(1 + random_.below(3))
        );
    }
    void delete_topic() {
        const std::string name = any_name();
        DeleteTopicsRequest request;
        request.topic_names = {name};
        world_.ask(request, 5);
    }
    void grow_topic() {
        const std::string name = any_name();
        CreatePartitionsRequest request;
        auto& wish = request.topics.emplace_back();
        wish.name = name;
        wish.count = static_cast<std::int32_t>(1 + random_.below(6));
        wish.assignments.reset();
        world_.ask(request);
    }
    void register_broker() {
        const std::int32_t id = any_broker();
        const BrokerRegistration* before = world_.image().cluster.broker({id});
        const bool orderly = random_.below(2) == 0;
        world_.register_broker(id, random_.uuid(), before && orderly ? before->epoch.value : -1);
    }
    void send_heartbeat() {
        const std::int32_t id = any_broker();
        if (world_.image().cluster.broker({id})) {
            world_.heartbeat(id, random_.below(8) == 0, random_.below(8) == 0);
        }
    }
    void propose_isr() {
        const std::string name = any_name();
        const PartitionRegistration* state = world_.image().topics.partition(name, {0});
        if (!state || !state->has_leader()) {
            return;
        }
        std::vector<std::int32_t> isr;
        for (const NodeId replica : state->replicas) {
            if (replica == state->leader || random_.below(2) == 0) {
                isr.push_back(replica.value);
            }
        }
        world_.propose_isr(name, isr);
    }
    void elect() {
        ElectLeadersRequest request;
        request.election_type = static_cast<std::int8_t>(random_.below(2));
        request.topic_partitions.reset();
        world_.ask(request);
    }
    void pass_time() {
        world_.now += std::chrono::milliseconds(random_.below(6000));
        world_.expire();
    }
    void change_setting() {
        const std::string name = any_name();
        IncrementalAlterConfigsRequest request;
        auto& resource = request.resources.emplace_back();
        resource.resource_type = 2;
        resource.resource_name = name;
        auto& config = resource.configs.emplace_back();
        config.name = "min.insync.replicas";
        config.value = random_.below(2) == 0 ? "1" : "2";
        world_.ask(request);
    }

    void check_partitions() const {
        const MetadataImage& image = world_.image();
        for (const auto& [topic_id, topic] : image.topics.by_id()) {
            EXPECT_EQ(*image.topics.by_name().find(topic->name), topic_id);
            std::int32_t next = 0;
            for (const auto& [id, partition] : topic->partitions) {
                EXPECT_EQ(id.value, next++) << "partitions are counted from 0";
                check_partition(image, *partition);
            }
        }
    }
    static void check_partition(const MetadataImage& image, const PartitionRegistration& partition) {
        EXPECT_EQ(partition.directories.size(), partition.replicas.size());
        const std::set<NodeId> isr(partition.isr.begin(), partition.isr.end());
        EXPECT_EQ(isr.size(), partition.isr.size());
        for (const NodeId node : partition.isr) {
            EXPECT_TRUE(partition.has_replica(node));
            EXPECT_TRUE(image.cluster.is_active(node)) << "in sync, but fenced or leaving";
            EXPECT_FALSE(contains(partition.eligible_leader_replicas, node));
        }
        for (const NodeId node : partition.eligible_leader_replicas) {
            EXPECT_TRUE(partition.has_replica(node));
        }
        if (partition.has_leader()) {
            EXPECT_TRUE(partition.is_in_sync(partition.leader));
        } else {
            EXPECT_TRUE(partition.isr.empty()) << "somebody is in sync, but nobody leads";
        }
    }
    void check_epochs() const {
        for (const auto& [topic_id, topic] : world_.image().topics.by_id()) {
            for (const auto& [id, after] : topic->partitions) {
                const PartitionRegistration* before = before_.topics.partition(topic_id, id);
                if (!before) {
                    continue;
                }
                EXPECT_GE(after->partition_epoch, before->partition_epoch);
                EXPECT_GE(after->leader_epoch, before->leader_epoch);
                if (after->leader != before->leader) {
                    EXPECT_GT(after->leader_epoch, before->leader_epoch);
                }
                if (!(*after == *before)) {
                    EXPECT_GT(after->partition_epoch, before->partition_epoch);
                }
            }
        }
    }

    Random random_;
    ControllerWorld world_;
    MetadataImage before_;
};

TEST(ControllerUnderRandomRequests, KeepsItsPromises) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        RandomCluster cluster(seed);
        for (int step = 0; step < 200 && !testing::Test::HasFailure(); ++step) {
            cluster.remember();
            cluster.step();
            cluster.check();
        }
        cluster.check_replay();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace barnabas
