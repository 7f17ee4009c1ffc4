#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/features.h"

namespace barnabas {

using FeatureLevels = std::map<std::string, FeatureLevel, std::less<>>;

/// Reads "group.version=1". Errors: a sentence.
[[nodiscard]] std::expected<std::pair<std::string, FeatureLevel>, std::string> parse_feature_level(
    const std::string& text
);

/// The levels of all features that a new cluster gets: those of `release` ("4.0", "4.0-IV3"), or of the
/// metadata.version among `chosen`, or else of the newest release; and in their stead those that are chosen.
/// kraft.version is no matter of the metadata: it is among them only where it is chosen. Errors: a sentence.
[[nodiscard]] std::expected<FeatureLevels, std::string> new_cluster_features(
    std::optional<std::string_view> release, const FeatureLevels& chosen
);

}  // namespace barnabas
