#include "security/acl.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

Acl readable() {
    return {ResourceType::topic, PatternType::prefixed, "orders-", "User:alice", "*",
            AclOperation::read,  Permission::allow,     {}};
}

}  // namespace

TEST(Acl, numbers_that_kafka_does_not_have_are_unknown) {
    EXPECT_EQ(resource_type(2), ResourceType::topic);
    EXPECT_EQ(resource_type(8), ResourceType::unknown);
    EXPECT_EQ(pattern_type(4), PatternType::prefixed);
    EXPECT_EQ(permission(-1), Permission::unknown);
    EXPECT_EQ(acl_operation(15), AclOperation::two_phase_commit);
    EXPECT_EQ(acl_operation(16), AclOperation::unknown);
}

TEST(Acl, is_spelled_as_kafka_spells_it) {
    EXPECT_EQ(name(ResourceType::transactional_id), "TRANSACTIONAL_ID");
    EXPECT_EQ(name(AclOperation::remove), "DELETE");
    EXPECT_EQ(name(Permission::deny), "DENY");
    EXPECT_EQ(readable().text(), "allow READ on TOPIC PREFIXED orders- for User:alice from *");
}

TEST(Acl, that_kafka_would_not_keep_is_refused) {
    EXPECT_TRUE(validate(readable()));
    const auto refused = [](auto change) {
        Acl acl = readable();
        change(acl);
        const auto valid = validate(acl);
        return valid ? "" : valid.error().detail;
    };
    EXPECT_EQ(refused([](Acl& acl) { acl.type = ResourceType::any; }), "Invalid resourceType ANY");
    EXPECT_EQ(refused([](Acl& acl) { acl.pattern = PatternType::match; }), "Invalid patternType MATCH");
    EXPECT_EQ(refused([](Acl& acl) { acl.operation = AclOperation::unknown; }), "Invalid operation UNKNOWN");
    EXPECT_EQ(refused([](Acl& acl) { acl.permission = Permission::any; }), "Invalid permissionType ANY");
    EXPECT_EQ(refused([](Acl& acl) { acl.resource.clear(); }), "Invalid empty resource name");
    EXPECT_NE(refused([](Acl& acl) { acl.principal = "alice"; }), "");
}

TEST(AclFilter, without_limits_matches_every_rule) {
    EXPECT_TRUE(AclFilter().matches(readable()));
}

TEST(AclFilter, by_name_takes_the_name_of_the_pattern_and_by_match_the_name_of_a_resource) {
    AclFilter filter;
    filter.resource = "orders-eu";
    EXPECT_FALSE(filter.matches(readable()));
    filter.pattern = PatternType::match;
    EXPECT_TRUE(filter.matches(readable()));
    filter.pattern = PatternType::prefixed;
    filter.resource = "orders-";
    EXPECT_TRUE(filter.matches(readable()));
}

TEST(AclFilter, by_principal_host_operation_and_permission_takes_what_is_equal) {
    AclFilter filter;
    filter.principal = "User:bob";
    EXPECT_FALSE(filter.matches(readable()));
    filter = {};
    filter.host = "10.0.0.1";
    EXPECT_FALSE(filter.matches(readable()));
    filter = {};
    filter.operation = AclOperation::all;
    EXPECT_FALSE(filter.matches(readable()));
    filter = {};
    filter.permission = Permission::deny;
    EXPECT_FALSE(filter.matches(readable()));
}

}  // namespace barnabas
