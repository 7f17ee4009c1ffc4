#include "config/features.h"

#include <algorithm>
#include <array>

namespace barnabas {

namespace {

struct MetadataVersion {
    FeatureLevel level;
    std::string_view name;
    bool metadata_changed;
};

constexpr auto metadata_versions = std::to_array<MetadataVersion>({
#define METADATA_VERSION(level, name, metadata_changed) {level, name, metadata_changed},
#define FEATURE_LEVEL(feature, level, since, needs)
#include "config/features.def"
#undef METADATA_VERSION
#undef FEATURE_LEVEL
});

constexpr const MetadataVersion* find_version(std::string_view name) {
    return std::ranges::find(metadata_versions, name, &MetadataVersion::name);
}

struct LevelRow {
    std::string_view feature;
    FeatureLevel level;
    FeatureLevel since;
    FeatureLevel needs;
};

constexpr auto level_rows = std::to_array<LevelRow>({
#define METADATA_VERSION(level, name, metadata_changed)
#define FEATURE_LEVEL(feature, level_, since, needs) {feature, level_, find_version(since)->level, needs},
#include "config/features.def"
#undef METADATA_VERSION
#undef FEATURE_LEVEL
});

static_assert(find_version("4.3-IV0")->level == latest_metadata_version);
static_assert(metadata_versions.front().level == oldest_metadata_version);

constexpr FeatureLevel most(std::string_view feature) {
    FeatureLevel level = 0;
    for (const auto& row : level_rows) {
        level = row.feature == feature ? std::max(level, row.level) : level;
    }
    return level;
}

constexpr auto all_features = std::to_array<Feature>({
    {"eligible.leader.replicas.version", 0, most("eligible.leader.replicas.version")},
    {"group.version", 0, most("group.version")},
    {"kraft.version", 0, most("kraft.version")},
    {metadata_version_feature, oldest_metadata_version, latest_metadata_version},
    {"share.version", 0, most("share.version")},
    {"streams.version", 0, most("streams.version")},
    {"transaction.version", 0, most("transaction.version")},
});

/// Whether `version` ("4.3-IV0") belongs to `release` ("4.3" or "4.3.1").
bool of_release(std::string_view version, std::string_view release) {
    const auto number = version.substr(0, version.find('-'));
    return release == number || (release.starts_with(number) && release.substr(number.size()).starts_with('.'));
}

}  // namespace

std::span<const Feature> features() {
    return all_features;
}

const Feature* find_feature(std::string_view name) {
    const auto* found = std::ranges::find(all_features, name, &Feature::name);
    return found != all_features.end() ? found : nullptr;
}

std::optional<FeatureLevel> metadata_version_level(std::string_view name) {
    std::optional<FeatureLevel> level;
    for (const auto& version : metadata_versions) {
        if (version.name == name || of_release(version.name, name)) {
            level = version.level;
        }
    }
    return level;
}

std::string_view metadata_version_name(FeatureLevel level) {
    const auto* found = std::ranges::find(metadata_versions, level, &MetadataVersion::level);
    return found != metadata_versions.end() ? found->name : std::string_view();
}

bool metadata_changed_at(FeatureLevel metadata_version) {
    const auto* found = std::ranges::find(metadata_versions, metadata_version, &MetadataVersion::level);
    return found != metadata_versions.end() && found->metadata_changed;
}

FeatureLevel default_feature_level(std::string_view feature, FeatureLevel metadata_version) {
    if (feature == metadata_version_feature) {
        return metadata_version;
    }
    FeatureLevel level = 0;
    for (const auto& row : level_rows) {
        if (row.feature == feature && row.since <= metadata_version) {
            level = std::max(level, row.level);
        }
    }
    return level;
}

FeatureLevel required_metadata_version(std::string_view feature, FeatureLevel level) {
    for (const auto& row : level_rows) {
        if (row.feature == feature && row.level == level) {
            return row.needs;
        }
    }
    return 0;
}

}  // namespace barnabas
