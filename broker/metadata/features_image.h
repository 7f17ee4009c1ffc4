#pragma once

#include "metadata/feature_levels.h"
#include "metadata/metadata_record.h"
#include "metadata/persistent_map.h"

namespace barnabas {

/// The levels of features that the cluster has agreed on; those at level 0 are left out.
class FeaturesImage {
public:
    /// 0 where nothing was agreed on.
    [[nodiscard]] std::int16_t level(std::string_view name) const {
        const std::int16_t* found = levels_.find(name);
        return found ? *found : std::int16_t{0};
    }
    /// The oldest that is supported, before the log says one.
    [[nodiscard]] MetadataVersion metadata_version() const {
        const std::int16_t* found = levels_.find(feature::metadata_version);
        return found ? *found : feature::v3_3_iv3;
    }
    /// Whether the log holds a level of metadata.version, as every log does after its first records.
    [[nodiscard]] bool is_bootstrapped() const { return levels_.contains(feature::metadata_version); }
    [[nodiscard]] bool has_eligible_leader_replicas() const {
        return level(feature::eligible_leader_replicas_version) > 0;
    }
    [[nodiscard]] const PersistentMap<std::string, std::int16_t>& levels() const { return levels_; }

    void apply(const FeatureLevelRecord& record);
    /// metadata.version first, so that who reads on knows what the rest is written in.
    void append_records(MetadataRecords& out) const;

private:
    PersistentMap<std::string, std::int16_t> levels_;
};

/// The version in which a cluster of this level writes these records.
namespace record_version {

[[nodiscard]] constexpr std::int16_t register_broker(MetadataVersion level) {
    return level >= feature::v4_3_iv0 ? 4 : level >= feature::v3_7_iv2 ? 3 : level >= feature::v3_4_iv0 ? 2 : 1;
}
[[nodiscard]] constexpr std::int16_t partition(MetadataVersion level) {
    return level >= feature::v4_0_iv1 ? 2 : level >= feature::v3_7_iv2 ? 1 : 0;
}

}  // namespace record_version

}  // namespace barnabas
