#include "config/new_cluster_features.h"

#include <gmock/gmock.h>

namespace barnabas {
namespace {

using testing::HasSubstr;

std::string why_not(std::optional<std::string_view> release, const FeatureLevels& chosen) {
    const auto levels = new_cluster_features(release, chosen);
    return levels ? "" : levels.error();
}

TEST(NewClusterFeatures, AreThoseOfTheReleaseWhereNothingElseIsChosen) {
    const auto newest = new_cluster_features({}, {});
    EXPECT_EQ(newest->at("metadata.version"), 30);
    EXPECT_EQ(newest->at("transaction.version"), 2);
    EXPECT_FALSE(newest->contains("kraft.version"));
    const auto old = new_cluster_features("3.9", {{"transaction.version", 1}});
    EXPECT_EQ(old->at("metadata.version"), 21);
    EXPECT_EQ(old->at("transaction.version"), 1) << "it needs no metadata.version";
    EXPECT_EQ(old->at("group.version"), 0);
    const auto by_level = new_cluster_features({}, {{"metadata.version", 25}, {"group.version", 0}});
    EXPECT_EQ(by_level->at("transaction.version"), 2);
    EXPECT_EQ(by_level->at("share.version"), 0);
    EXPECT_EQ(by_level->at("group.version"), 0);
}

TEST(NewClusterFeatures, RefuseWhatCannotBe) {
    EXPECT_THAT(why_not("4.4-IV0", {}), HasSubstr("3.3-IV3 to 4.3-IV0"));
    EXPECT_THAT(why_not("new", {}), HasSubstr("'new'"));
    EXPECT_THAT(why_not("4.0", {{"metadata.version", 25}}), HasSubstr("ambiguity"));
    EXPECT_THAT(why_not({}, {{"metadata.version", 31}}), HasSubstr("31"));
    EXPECT_THAT(why_not({}, {{"metadata.version", 6}}), HasSubstr("6"));
    EXPECT_THAT(why_not({}, {{"no.such", 1}}), HasSubstr("Unsupported feature: no.such"));
    EXPECT_THAT(why_not({}, {{"group.version", 2}}), HasSubstr("only 0 to 1"));
    EXPECT_THAT(why_not({}, {{"group.version", -1}}), HasSubstr("only 0 to 1"));
    EXPECT_THAT(why_not("3.9", {{"eligible.leader.replicas.version", 1}}), HasSubstr("level 23 (4.0-IV1)"));
}

TEST(NewClusterFeatures, ReadALevel) {
    EXPECT_EQ(parse_feature_level("group.version=1"), (std::pair<std::string, FeatureLevel>("group.version", 1)));
    EXPECT_THAT(parse_feature_level("group.version").error(), HasSubstr("equals sign"));
    EXPECT_THAT(parse_feature_level("group.version=x").error(), HasSubstr("unable to parse x"));
    EXPECT_THAT(parse_feature_level("group.version=40000").error(), HasSubstr("unable to parse 40000"));
}

}  // namespace
}  // namespace barnabas
