#include "config/new_cluster_features.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/value_text.h"

namespace barnabas {

namespace {

constexpr std::string_view kraft_feature = "kraft.version";

using Release = std::expected<FeatureLevel, std::string>;

Release release_named(std::string_view name) {
    const auto level = metadata_version_level(name);
    if (!level || *level > latest_metadata_version) {
        return std::unexpected(fmt::format(
            "Unknown metadata.version '{}'. Supported are those from {} to {}", name,
            metadata_version_name(oldest_metadata_version), metadata_version_name(latest_metadata_version)
        ));
    }
    return *level;
}

Release release_of(std::optional<std::string_view> release, const FeatureLevels& chosen) {
    const auto own = chosen.find(metadata_version_feature);
    if (own == chosen.end()) {
        return release ? release_named(*release) : Release(latest_metadata_version);
    }
    if (release) {
        return std::unexpected("Use --release-version instead of --feature metadata.version=X to avoid ambiguity.");
    }
    if (own->second < oldest_metadata_version || own->second > latest_metadata_version) {
        return std::unexpected(fmt::format(
            "metadata.version {} is not supported; those from {} to {} are", own->second, oldest_metadata_version,
            latest_metadata_version
        ));
    }
    return own->second;
}

/// Why the feature cannot have the level in a cluster of this release; empty when it can.
std::string objection(std::string_view name, FeatureLevel level, FeatureLevel release) {
    const Feature* feature = find_feature(name);
    if (feature == nullptr) {
        return fmt::format("Unsupported feature: {}", name);
    }
    if (level < feature->least || level > feature->most) {
        return fmt::format("{} has no level {}, only {} to {}", name, level, feature->least, feature->most);
    }
    const FeatureLevel needed = required_metadata_version(name, level);
    return needed <= release ? std::string()
                             : fmt::format(
                                   "{} could not be set to {} because it depends on metadata.version level {} ({})",
                                   name, level, needed, metadata_version_name(needed)
                               );
}

}  // namespace

std::expected<std::pair<std::string, FeatureLevel>, std::string> parse_feature_level(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == text.npos) {
        return std::unexpected(fmt::format("Can't parse feature=level string {}: equals sign not found.", text));
    }
    const auto level = value_text::to_integer(std::string_view(text).substr(equals + 1), INT16_MIN, INT16_MAX);
    if (!level) {
        return std::unexpected(fmt::format(
            "Can't parse feature=level string {}: unable to parse {} as a short.", text, text.substr(equals + 1)
        ));
    }
    return std::pair(text.substr(0, equals), static_cast<FeatureLevel>(*level));
}

std::expected<FeatureLevels, std::string> new_cluster_features(
    std::optional<std::string_view> release, const FeatureLevels& chosen
) {
    const Release metadata_version = release_of(release, chosen);
    if (!metadata_version) {
        return std::unexpected(metadata_version.error());
    }
    FeatureLevels levels;
    for (const Feature& feature : features()) {
        if (feature.name != kraft_feature) {
            levels[std::string(feature.name)] = default_feature_level(feature.name, *metadata_version);
        }
    }
    for (const auto& [name, level] : chosen) {
        if (auto why = objection(name, level, *metadata_version); !why.empty()) {
            return std::unexpected(std::move(why));
        }
        levels[name] = level;
    }
    return levels;
}

}  // namespace barnabas
