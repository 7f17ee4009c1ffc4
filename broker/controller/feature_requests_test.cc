#include "controller/feature_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

UpdateFeaturesResponse update(
    ControllerWorld& world, std::string_view name, std::int16_t level, std::int8_t type, std::int16_t version = 2
) {
    UpdateFeaturesRequest request;
    auto& wish = request.feature_updates.emplace_back();
    wish.feature = name;
    wish.max_version_level = level;
    wish.upgrade_type = type;
    return world.ask(request, version);
}

TEST(Bootstrap, WritesTheLevelsOfANewClusterInATransaction) {
    ControllerWorld world;
    std::vector<std::string_view> types;
    for (const MetadataRecord& record : world.last) {
        types.push_back(type_name(record));
    }
    const std::string_view level = "FeatureLevelRecord";
    EXPECT_EQ(
        types, (std::vector<std::string_view>{
                   "BeginTransactionRecord", level, level, level, level, level, level, "ConfigRecord",
                   "EndTransactionRecord", "RegisterControllerRecord"
               })
    );
    const FeaturesImage& features = world.image().features;
    EXPECT_EQ(features.metadata_version(), 30);
    EXPECT_EQ(features.level("transaction.version"), 2);
    EXPECT_EQ(features.level("group.version"), 1);
    EXPECT_TRUE(features.has_eligible_leader_replicas());
    EXPECT_EQ(world.image().configs.value(all_brokers_target(), "min.insync.replicas"), "1");
}

TEST(Bootstrap, LaterLeadersWriteOnlyWhatIsNew) {
    ControllerWorld world;
    ControllerRegistration self = *world.image().cluster.controller({1});
    Controller next(world.config, "cluster", Random(2));
    EXPECT_TRUE(next.activate(world.image(), false, {}, self, world.point()).empty());
    self.incarnation = {1, 2};
    EXPECT_EQ(next.activate(world.image(), false, {}, self, world.point()).size(), 1u);
    const MetadataRecords after_crash = next.activate(world.image(), true, {}, self, world.point());
    EXPECT_EQ(type_name(after_crash.front()), "AbortTransactionRecord");
}

TEST(UpdateFeatures, ChangesLevelsUpAndDown) {
    ControllerWorld world;
    world.start_brokers(1);
    EXPECT_EQ(update(world, "group.version", 0, 2).error_code, ErrorCode::none);
    EXPECT_EQ(world.image().features.level("group.version"), 0);
    EXPECT_EQ(update(world, "group.version", 1, 1).error_code, ErrorCode::none);
    EXPECT_EQ(world.image().features.level("group.version"), 1);
    EXPECT_EQ(update(world, "group.version", 1, 1).error_code, ErrorCode::none);
    EXPECT_TRUE(world.last.empty());
    EXPECT_EQ(update(world, "kraft.version", 1, 1).error_code, ErrorCode::none);
}

TEST(UpdateFeatures, SaysWhyItRefuses) {
    ControllerWorld world;
    const std::string prefix = "The update failed for all features since the following feature had an error: ";
    const auto refusal = [&](std::string_view name, std::int16_t level, std::int8_t type) {
        const auto reply = update(world, name, level, type);
        EXPECT_EQ(reply.error_code, ErrorCode::invalid_update_version) << name << level;
        EXPECT_TRUE(world.last.empty());
        return reply.error_message.value_or("").substr(prefix.size());
    };
    EXPECT_EQ(
        refusal("metadata.version", 31, 1),
        "Invalid update version 31 for feature metadata.version. Local "
        "controller 1 only supports versions 7-30"
    );
    EXPECT_EQ(
        refusal("metadata.version", 29, 2),
        "Unsupported metadata.version downgrade from 30 to 29. Refusing to "
        "perform the requested downgrade because it might delete metadata "
        "information."
    );
    EXPECT_EQ(
        refusal("group.version", 0, 1),
        "Invalid update version 0 for feature group.version. Can't downgrade the "
        "version of this feature without setting the upgrade type to either safe "
        "or unsafe downgrade."
    );
    EXPECT_EQ(
        refusal("nope", 1, 1),
        "Invalid update version 1 for feature nope. Local controller 1 does not support this feature."
    );
    EXPECT_EQ(refusal("nope", 0, 2), "Invalid update version 0 for feature nope. Feature nope not found.");
    EXPECT_EQ(
        refusal("group.version", -1, 1),
        "Invalid update version -1 for feature group.version. A feature version cannot be less than 0."
    );
    EXPECT_EQ(
        refusal("group.version", 1, 9),
        "Invalid update version 1 for feature group.version. The controller does "
        "not support the given upgrade type."
    );
    EXPECT_EQ(
        refusal("kraft.version", 0, 2),
        "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature."
    );
}

TEST(UpdateFeatures, OneRefusalStopsAll) {
    ControllerWorld world;
    UpdateFeaturesRequest request;
    request.feature_updates.resize(2);
    request.feature_updates[0].feature = "group.version";
    request.feature_updates[0].upgrade_type = 2;
    request.feature_updates[1].feature = "nope";
    request.feature_updates[1].max_version_level = 1;
    const auto reply = world.ask(request, 1);
    EXPECT_EQ(reply.error_code, ErrorCode::invalid_update_version);
    EXPECT_TRUE(reply.results.empty());
    EXPECT_EQ(world.image().features.level("group.version"), 1);
}

}  // namespace
}  // namespace barnabas
