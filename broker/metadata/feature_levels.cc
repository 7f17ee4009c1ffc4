#include "metadata/feature_levels.h"

#include "config/features.h"

namespace barnabas::feature {

SupportedFeatures supported() {
    SupportedFeatures all;
    for (const Feature& each : features()) {
        all.emplace(each.name, LevelRange{each.least, each.most});
    }
    return all;
}

}  // namespace barnabas::feature
