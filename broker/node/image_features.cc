#include "node/image_features.h"

#include "config/features.h"
#include "metadata/feature_levels.h"

namespace barnabas {

Features ImageFeatures::features() const {
    Features answer;
    for (const Feature& feature : barnabas::features()) {
        answer.supported.push_back({std::string(feature.name), feature.least, feature.most});
    }
    const auto image = metadata_.image();
    for (const auto& [name, level] : image->features.levels()) {
        answer.finalized.push_back({name, level});
    }
    if (const std::int16_t level = kraft_version_.load(); level > 0) {
        answer.finalized.push_back({std::string(feature::kraft_version), level});
    }
    answer.finalized_epoch = image->provenance.last_offset.value;
    return answer;
}

}  // namespace barnabas
