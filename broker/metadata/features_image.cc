#include "metadata/features_image.h"

namespace barnabas {

void FeaturesImage::apply(const FeatureLevelRecord& record) {
    levels_ =
        record.feature_level == 0 ? levels_.without(record.name) : levels_.with(record.name, record.feature_level);
}

void FeaturesImage::append_records(MetadataRecords& out) const {
    const auto append = [&](std::string_view name, std::int16_t level) {
        FeatureLevelRecord record;
        record.name = name;
        record.feature_level = level;
        out.push_back({std::move(record), 0});
    };
    if (is_bootstrapped()) {
        append(feature::metadata_version, metadata_version());
    }
    for (const auto& [name, level] : levels_) {
        if (name != feature::metadata_version) {
            append(name, level);
        }
    }
}

}  // namespace barnabas
