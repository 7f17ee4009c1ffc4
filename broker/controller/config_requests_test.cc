#include "controller/config_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

constexpr std::int8_t set = 0, remove = 1, append = 2, subtract = 3;

struct Change {
    std::string_view key;
    std::int8_t operation;
    std::optional<std::string_view> value;
};

IncrementalAlterConfigsRequest request_for(std::int8_t type, std::string_view name, std::vector<Change> changes) {
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = name;
    for (const Change& each : changes) {
        auto& config = resource.configs.emplace_back();
        config.name = each.key;
        config.config_operation = each.operation;
        config.value = each.value;
    }
    return request;
}

class ConfigRequests : public testing::Test {
protected:
    void SetUp() override {
        world_.start_brokers(1);
        world_.create("t", 1, 1);
    }

    ErrorCode change(std::int8_t type, std::string_view name, std::vector<Change> changes) {
        const auto reply = world_.ask(request_for(type, name, std::move(changes)));
        words_ = reply.responses[0].error_message.value_or("");
        return reply.responses[0].error_code;
    }
    [[nodiscard]] std::optional<std::string_view> value(std::string_view key) const {
        return world_.image().configs.value(topic_target("t"), key);
    }

    ControllerWorld world_;
    std::string words_;
};

TEST_F(ConfigRequests, SetsAndUnsetsOneKeyAtATime) {
    EXPECT_EQ(change(2, "t", {{"retention.ms", set, "5000"}, {"cleanup.policy", set, "compact"}}), ErrorCode::none);
    EXPECT_EQ(value("retention.ms"), "5000");
    EXPECT_EQ(change(2, "t", {{"retention.ms", remove, std::nullopt}}), ErrorCode::none);
    EXPECT_FALSE(value("retention.ms"));
    EXPECT_EQ(value("cleanup.policy"), "compact");
    EXPECT_EQ(change(2, "t", {{"cleanup.policy", append, "delete"}}), ErrorCode::none);
    EXPECT_EQ(value("cleanup.policy"), "compact,delete");
    EXPECT_EQ(change(2, "t", {{"cleanup.policy", subtract, "compact"}}), ErrorCode::none);
    EXPECT_EQ(value("cleanup.policy"), "delete");
}

TEST_F(ConfigRequests, WritesNothingThatIsSoAlready) {
    change(2, "t", {{"retention.ms", set, "5000"}});
    change(2, "t", {{"retention.ms", set, "5000"}});
    EXPECT_TRUE(world_.last.empty());
}

TEST_F(ConfigRequests, RefuseWhatIsNotThereOrNotAllowed) {
    EXPECT_EQ(change(2, "nothing", {{"retention.ms", set, "1"}}), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(words_, "The topic 'nothing' does not exist.");
    EXPECT_EQ(change(2, "t", {{"nope", set, "1"}}), ErrorCode::invalid_config);
    EXPECT_EQ(change(2, "t", {{"retention.ms", set, "x"}}), ErrorCode::invalid_config);
    EXPECT_EQ(change(2, "t", {{"retention.ms", set, std::nullopt}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(2, "t", {{"retention.ms", append, "1"}}), ErrorCode::invalid_config);
    EXPECT_EQ(change(2, "", {{"retention.ms", set, "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(3, "x", {{"a", set, "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(words_, "Unknown resource type 3");
    EXPECT_EQ(change(4, "7", {{"log.retention.ms", set, "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(words_, "Unexpected broker id, expected 1, but received 7");
    EXPECT_EQ(change(4, "x", {{"log.retention.ms", set, "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(32, "", {{"consumer.session.timeout.ms", set, "50000"}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(8, "1", {{"a", set, "INFO"}}), ErrorCode::invalid_config);
}

TEST_F(ConfigRequests, ChangeBrokersAndClientMetrics) {
    EXPECT_EQ(change(4, "1", {{"log.retention.ms", set, "1000000"}}), ErrorCode::none) << words_;
    EXPECT_EQ(change(4, "", {{"min.insync.replicas", remove, std::nullopt}}), ErrorCode::invalid_config) << words_;
    EXPECT_EQ(
        change(16, "s", {{"interval.ms", set, "1000"}, {"match", set, "client_id=a.*, client_software_name=x"}}),
        ErrorCode::none
    ) << words_;
    EXPECT_EQ(change(16, "s", {{"interval.ms", set, "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(16, "s", {{"match", set, "client_id=["}}), ErrorCode::invalid_config);
    EXPECT_EQ(change(16, "", {{"interval.ms", set, "1000"}}), ErrorCode::invalid_request);
    EXPECT_EQ(change(32, "g", {{"consumer.session.timeout.ms", set, "50000"}}), ErrorCode::none) << words_;
}

TEST_F(ConfigRequests, LegacyRequestReplacesAllThatWasSet) {
    change(2, "t", {{"retention.ms", set, "5000"}, {"cleanup.policy", set, "compact"}});
    AlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = 2;
    resource.resource_name = "t";
    resource.configs.emplace_back().name = "segment.bytes";
    resource.configs.back().value = "2000000";
    EXPECT_EQ(world_.ask(request).responses[0].error_code, ErrorCode::none);
    EXPECT_EQ(world_.image().configs.entries(topic_target("t")), (ConfigEntries{{"segment.bytes", "2000000"}}));
}

TEST_F(ConfigRequests, ResourceThatComesTwiceIsRefused) {
    auto request = request_for(2, "t", {{"retention.ms", set, "1"}});
    request.resources.push_back(request.resources[0]);
    const auto reply = world_.ask(request);
    ASSERT_EQ(reply.responses.size(), 2u);
    EXPECT_EQ(reply.responses[1].error_message, "Each resource must appear at most once.");
    EXPECT_TRUE(world_.last.empty());
}

TEST_F(ConfigRequests, OtherMinInsyncReplicasClearEligibleLeaders) {
    change(2, "t", {{"min.insync.replicas", set, "2"}});
    ASSERT_EQ(world_.last.size(), 2u);
    EXPECT_EQ(type_name(world_.last[1]), "ClearElrRecord");
}

}  // namespace
}  // namespace barnabas
