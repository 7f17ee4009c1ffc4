#include "controller/acl_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

class AclRequests : public testing::Test {
protected:
    static CreateAclsRequest creation(std::string_view topic, std::int8_t operation = 3) {
        CreateAclsRequest request;
        auto& acl = request.creations.emplace_back();
        acl.resource_type = 2;
        acl.resource_name = topic;
        acl.principal = "User:alice";
        acl.host = "*";
        acl.operation = operation;
        acl.permission_type = 3;
        return request;
    }
    static DeleteAclsRequest deletion(std::optional<std::string_view> topic) {
        DeleteAclsRequest request;
        add_filter(request, topic);
        return request;
    }
    static void add_filter(DeleteAclsRequest& request, std::optional<std::string_view> topic) {
        auto& filter = request.filters.emplace_back();
        filter.resource_type_filter = 2;
        filter.resource_name_filter = topic;
        filter.principal_filter.reset();
        filter.host_filter.reset();
        filter.operation = 1;
        filter.permission_type = 1;
    }
    [[nodiscard]] std::size_t rules() const { return world_.image().security.acls().size(); }

    ControllerWorld world_;
};

TEST_F(AclRequests, MakesARuleOnce) {
    auto request = creation("t");
    request.creations.push_back(request.creations[0]);
    const auto reply = world_.ask(request);
    EXPECT_EQ(reply.results.size(), 2U);
    EXPECT_EQ(reply.results[1].error_code, ErrorCode::none);
    EXPECT_EQ(rules(), 1U);
    world_.ask(creation("t"));
    EXPECT_EQ(rules(), 1U);
    const Acl acl = acl_of(*world_.image().security.acls().begin()->value);
    EXPECT_EQ(acl.text(), "allow READ on TOPIC LITERAL t for User:alice from *");
}

TEST_F(AclRequests, RefusesOneRuleAndMakesTheOthers) {
    auto request = creation("t");
    request.creations.push_back(request.creations[0]);
    request.creations[0].principal = "alice";
    const auto reply = world_.ask(request);
    EXPECT_EQ(reply.results[0].error_code, ErrorCode::invalid_request);
    EXPECT_EQ(reply.results[1].error_code, ErrorCode::none);
    EXPECT_EQ(rules(), 1U);
}

TEST_F(AclRequests, RefusesClustersThatAreNotTheCluster) {
    auto request = creation("kafka");
    request.creations[0].resource_type = 4;
    const auto reply = world_.ask(request);
    EXPECT_EQ(reply.results[0].error_message, "The only valid name for the CLUSTER resource is kafka-cluster");
    EXPECT_EQ(rules(), 0U);
}

TEST_F(AclRequests, MakesNothingOfARequestWithWordsOfFilters) {
    auto request = creation("t");
    request.creations.push_back(creation("u", 1).creations[0]);
    const auto reply = world_.ask(request);
    EXPECT_EQ(reply.results[0].error_code, ErrorCode::invalid_request);
    EXPECT_EQ(reply.results[1].error_code, ErrorCode::invalid_request);
    EXPECT_EQ(rules(), 0U);
}

TEST_F(AclRequests, AnswersEachFilterWithWhatItMatches) {
    world_.ask(creation("t"));
    world_.ask(creation("t", 4));
    world_.ask(creation("u"));
    auto request = deletion("t");
    add_filter(request, "t");
    add_filter(request, "nix");
    const auto reply = world_.ask(request);
    ASSERT_EQ(reply.filter_results.size(), 3U);
    EXPECT_EQ(reply.filter_results[0].matching_acls.size(), 2U);
    EXPECT_EQ(reply.filter_results[1].matching_acls.size(), 2U);
    EXPECT_TRUE(reply.filter_results[2].matching_acls.empty());
    EXPECT_EQ(rules(), 1U);
}

TEST_F(AclRequests, RefusesFiltersOfUnknownKinds) {
    world_.ask(creation("t"));
    auto request = deletion(std::nullopt);
    request.filters[0].operation = 99;
    EXPECT_EQ(world_.ask(request).filter_results[0].error_message, "Unknown entryFilter.");
    request.filters[0].resource_type_filter = 99;
    EXPECT_EQ(world_.ask(request).filter_results[0].error_message, "Unknown patternFilter.");
    EXPECT_EQ(rules(), 1U);
}

}  // namespace
}  // namespace barnabas
