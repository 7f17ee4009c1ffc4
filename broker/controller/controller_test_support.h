#pragma once

#include <gtest/gtest.h>

#include "controller/controller.h"

namespace barnabas {

/// A controller without a log: what it decides is committed at once.
class ControllerWorld {
public:
    static NodeSettings settings() {
        NodeSettings node = read_node_settings(single_node_properties()).value();
        node.config.node_id = 1;
        node.config.broker_session_timeout_ms = std::chrono::seconds(9);
        return node;
    }

    explicit ControllerWorld(std::uint64_t seed = 1, NodeSettings node = settings())
        : config(std::move(node)), controller(config, "cluster", Random(seed)) {
        ControllerRegistration self;
        self.id = {1};
        self.features = feature::supported();
        commit(controller.activate({}, false, format_records(feature::v4_3_iv0), self, point()));
    }

    [[nodiscard]] Controller::Point point() const { return {now, next_offset, 1, quota.get()}; }
    [[nodiscard]] const MetadataImage& image() const { return controller.image(); }

    void commit(MetadataRecords records) {
        controller.replay(records);
        next_offset = next_offset + static_cast<std::int64_t>(records.size());
        log.insert(log.end(), records.begin(), records.end());
        last = std::move(records);
    }

    template <class Request>
    auto ask(const Request& request, std::int16_t version = Request::versions.last) {
        auto decision = controller.decide(request, version, point());
        commit(std::move(decision.records));
        return decision.reply;
    }

    void expire() {
        for (auto records = controller.expire(point()); !records.empty(); records = controller.expire(point())) {
            commit(std::move(records));
        }
    }

    BrokerRegistrationResponse register_broker(
        std::int32_t id, Uuid incarnation, std::int64_t previous_epoch = -1, std::optional<std::string_view> rack = {}
    ) {
        BrokerRegistrationRequest request;
        request.broker_id = id;
        request.cluster_id = "cluster";
        request.incarnation_id = incarnation;
        request.rack = rack;
        request.log_dirs = {directory(id)};
        request.previous_broker_epoch = previous_epoch;
        const SupportedFeatures supported = feature::supported();
        for (const auto& [name, range] : supported) {
            auto& offered = request.features.emplace_back();
            offered.name = name;
            offered.min_supported_version = range.first;
            offered.max_supported_version = range.last;
        }
        return ask(request);
    }

    BrokerHeartbeatResponse heartbeat(std::int32_t id, bool want_fence = false, bool want_shut_down = false) {
        BrokerHeartbeatRequest request;
        request.broker_id = id;
        request.broker_epoch = image().cluster.broker({id})->epoch.value;
        request.current_metadata_offset = next_offset.value - 1;
        request.want_fence = want_fence;
        request.want_shut_down = want_shut_down;
        request.cordoned_log_dirs.emplace();
        return ask(request);
    }

    /// Registers brokers 1 to `count` and unfences them.
    void start_brokers(std::int32_t count) {
        for (std::int32_t id = 1; id <= count; ++id) {
            EXPECT_EQ(register_broker(id, {1, static_cast<std::uint64_t>(1000 + id)}).error_code, ErrorCode::none);
            EXPECT_FALSE(heartbeat(id).is_fenced);
        }
    }

    CreateTopicsResponse create(std::string_view name, std::int32_t partitions, std::int16_t replication_factor) {
        CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.num_partitions = partitions;
        topic.replication_factor = replication_factor;
        return ask(request);
    }

    /// One partition on these brokers, the preferred leader first.
    void create_on(std::string_view name, std::vector<std::int32_t> replicas) {
        CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.num_partitions = -1;
        topic.replication_factor = -1;
        auto& assignment = topic.assignments.emplace_back();
        assignment.broker_ids = std::move(replicas);
        const auto reply = ask(request);
        EXPECT_EQ(reply.topics.front().error_code, ErrorCode::none) << reply.topics.front().error_message.value_or("");
    }

    AlterPartitionResponse propose_isr(
        std::string_view name, std::vector<std::int32_t> isr, LeaderRecovery recovery = LeaderRecovery::recovered
    ) {
        const PartitionRegistration& state = partition(name);
        AlterPartitionRequest request;
        request.broker_id = state.leader.value;
        const BrokerRegistration* leader = image().cluster.broker(state.leader);
        request.broker_epoch = leader ? leader->epoch.value : -1;
        auto& topic = request.topics.emplace_back();
        topic.topic_id = image().topics.find(name)->id;
        auto& wish = topic.partitions.emplace_back();
        wish.leader_epoch = state.leader_epoch.value;
        wish.partition_epoch = state.partition_epoch.value;
        wish.leader_recovery_state = static_cast<std::int8_t>(recovery);
        for (const std::int32_t id : isr) {
            wish.new_isr_with_epochs.emplace_back().broker_id = id;
        }
        return ask(request);
    }

    [[nodiscard]] const PartitionRegistration& partition(std::string_view name, std::int32_t id = 0) const {
        const PartitionRegistration* found = image().topics.partition(name, {id});
        EXPECT_TRUE(found) << name << "-" << id;
        return *found;
    }

    static Uuid directory(std::int32_t id) { return {77, static_cast<std::uint64_t>(7000 + id)}; }

    LiveConfig config;
    std::shared_ptr<MutationQuota> quota;  ///< of who asks next
    Controller controller;
    Instant now{};
    Offset next_offset{0};
    MetadataRecords log;   ///< all that was decided
    MetadataRecords last;  ///< by the last decision
};

[[nodiscard]] inline std::vector<NodeId> nodes(const std::vector<std::int32_t>& ids) {
    return to_nodes(ids);
}

}  // namespace barnabas
