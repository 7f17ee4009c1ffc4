#include "handlers/access_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace barnabas {
namespace {

struct AccessControlTest : testing::Test {
    static NodeSettings settings(bool configured) {
        NodeSettings node = read_node_settings(single_node_properties()).value();
        if (configured) {
            node.config.authorizer_class_name = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
            node.config.authorizer.super_users = "User:root";
        }
        return node;
    }

    static AccessControlEntryRecord record(std::uint64_t id, std::string topic) {
        AccessControlEntryRecord acl;
        acl.id = Uuid{1, id};
        acl.resource_type = 2;
        acl.resource_name = std::move(topic);
        acl.pattern_type = 3;
        acl.principal = "User:alice";
        acl.host = "*";
        acl.operation = 3;
        acl.permission_type = 3;
        return acl;
    }

    /// One step of the metadata log.
    MetadataDelta step(const std::vector<MetadataMessage>& messages) {
        MetadataDelta delta;
        delta.before = std::make_shared<const MetadataImage>(image);
        for (const MetadataMessage& message : messages) {
            const MetadataRecord applied{message, 0};
            delta.note(applied, image);
            EXPECT_TRUE(image.apply(applied));
        }
        delta.after = std::make_shared<const MetadataImage>(image);
        return delta;
    }

    static bool may_read(const AccessControl& control, std::string_view topic) {
        return control.authorizer()
            ->authorize({"User:alice", "10.0.0.1", AclOperation::read, ResourceType::topic, topic})
            .allowed;
    }

    MetadataImage image;
    Metrics metrics;
};

TEST_F(AccessControlTest, HasNoAuthorizerUnlessOneIsConfigured) {
    const LiveConfig config(settings(false));
    AccessControl control(config, metrics);
    control.apply(step({record(1, "t")}));
    EXPECT_EQ(control.authorizer(), nullptr);
}

TEST_F(AccessControlTest, FollowsTheRulesOfTheLog) {
    const LiveConfig config(settings(true));
    AccessControl control(config, metrics);
    EXPECT_FALSE(may_read(control, "t0"));
    std::vector<MetadataMessage> many;
    for (std::uint64_t i = 0; i < 100; ++i) {
        many.push_back(record(i, "t" + std::to_string(i)));
    }
    control.apply(step(many));
    EXPECT_TRUE(may_read(control, "t0"));
    EXPECT_EQ(control.authorizer()->acls().all().size(), 100U);

    const MetadataDelta added = step({record(200, "new")});
    control.apply(added);
    control.apply(added);  // the first step of a node may hold it already
    EXPECT_TRUE(may_read(control, "new"));
    EXPECT_EQ(control.authorizer()->acls().all().size(), 101U);

    RemoveAccessControlEntryRecord gone;
    gone.id = Uuid{1, 0};
    control.apply(step({gone}));
    EXPECT_FALSE(may_read(control, "t0"));
    EXPECT_TRUE(may_read(control, "t1"));
}

TEST_F(AccessControlTest, IsNowhereStale) {
    const LiveConfig config(settings(true));
    AccessControl one(config, metrics), other(config, metrics);
    one.apply(step({record(1, "t")}));
    EXPECT_TRUE(may_read(one, "t"));
    EXPECT_FALSE(may_read(other, "t")) << "what a thread keeps is of one AccessControl";
    EXPECT_TRUE(may_read(one, "t"));
    const auto held = one.authorizer();
    RemoveAccessControlEntryRecord gone;
    gone.id = Uuid{1, 1};
    std::thread([&] { one.apply(step({gone})); }).join();
    EXPECT_FALSE(may_read(one, "t"));
    EXPECT_EQ(held->acls().all().size(), 1U) << "a request keeps the rules that it began with";
}

TEST_F(AccessControlTest, AsksSuperUsersNothing) {
    const LiveConfig config(settings(true));
    const AccessControl control(config, metrics);
    const AccessQuestion question{"User:root", "::1", AclOperation::alter, ResourceType::cluster, "kafka-cluster"};
    EXPECT_EQ(control.authorizer()->authorize(question).reason, AccessVerdict::Reason::super_user);
}

}  // namespace
}  // namespace barnabas
