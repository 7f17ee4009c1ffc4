#include "config/features.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(Features, TranslateMetadataVersionsBothWays) {
    for (FeatureLevel level = oldest_metadata_version; level <= latest_metadata_version; ++level) {
        ASSERT_FALSE(metadata_version_name(level).empty()) << level;
        EXPECT_EQ(metadata_version_level(metadata_version_name(level)), level);
    }
    EXPECT_EQ(metadata_version_level("4.3-IV0"), 30);
    EXPECT_EQ(metadata_version_level("3.9.1"), 21);
    EXPECT_EQ(metadata_version_level("4.0"), 25);
    EXPECT_EQ(metadata_version_level("4.33"), std::nullopt);
    EXPECT_EQ(metadata_version_level("2.8-IV0"), std::nullopt);
    EXPECT_EQ(metadata_version_name(6), "");
}

TEST(Features, HaveTheLevelsOfApacheKafka) {
    EXPECT_EQ(features().size(), 7U);
    EXPECT_EQ(find_feature("transaction.version")->most, 2);
    EXPECT_EQ(find_feature("metadata.version")->least, 7);
    EXPECT_EQ(find_feature("metadata.version")->most, 30);
    EXPECT_EQ(find_feature("no.such"), nullptr);
}

TEST(Features, ComeWithTheirMetadataVersion) {
    EXPECT_EQ(default_feature_level("transaction.version", 30), 2);
    EXPECT_EQ(default_feature_level("transaction.version", 21), 0);
    EXPECT_EQ(default_feature_level("group.version", 22), 1);
    EXPECT_EQ(default_feature_level("metadata.version", 22), 22);
    EXPECT_EQ(required_metadata_version("eligible.leader.replicas.version", 1), 23);
    EXPECT_EQ(required_metadata_version("group.version", 1), 0);
    EXPECT_TRUE(metadata_changed_at(30));
    EXPECT_FALSE(metadata_changed_at(29));
}

}  // namespace
}  // namespace barnabas
