#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace barnabas {

/// A level of a feature as it stands in the cluster's metadata (KIP-584).
using FeatureLevel = std::int16_t;

/// A feature and the levels of it that are known, unstable ones not counted.
struct Feature {
    std::string_view name;
    FeatureLevel least;
    FeatureLevel most;
};

inline constexpr std::string_view metadata_version_feature = "metadata.version";

/// The newest metadata.version that is meant for use: 4.3-IV0.
inline constexpr FeatureLevel latest_metadata_version = 30;
/// The oldest that a cluster of today can have: 3.3-IV3.
inline constexpr FeatureLevel oldest_metadata_version = 7;

/// All features, metadata.version among them.
[[nodiscard]] std::span<const Feature> features();
[[nodiscard]] const Feature* find_feature(std::string_view name);

/// "4.3-IV0" <-> 30. Also "4.3" and "4.3.1" name the newest level of that release. Unstable levels are known here.
[[nodiscard]] std::optional<FeatureLevel> metadata_version_level(std::string_view name);
[[nodiscard]] std::string_view metadata_version_name(FeatureLevel level);  ///< empty for an unknown level

/// Whether the level brought new metadata records, so that going below it would lose metadata.
[[nodiscard]] bool metadata_changed_at(FeatureLevel metadata_version);

/// The level of `feature` that a new cluster of this metadata version gets.
[[nodiscard]] FeatureLevel default_feature_level(std::string_view feature, FeatureLevel metadata_version);

/// The least metadata.version that this level of `feature` needs; 0 for none.
[[nodiscard]] FeatureLevel required_metadata_version(std::string_view feature, FeatureLevel level);

}  // namespace barnabas
