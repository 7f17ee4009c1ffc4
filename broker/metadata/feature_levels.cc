#include "metadata/feature_levels.h"

namespace barnabas::feature {
namespace {

struct Level {
    std::string_view name;
    bool changes_metadata;
};

/// From v3_3_iv3 on.
constexpr std::array levels{
    Level{"3.3-IV3", true},  Level{"3.4-IV0", true},  Level{"3.5-IV0", false}, Level{"3.5-IV1", false},
    Level{"3.5-IV2", true},  Level{"3.6-IV0", false}, Level{"3.6-IV1", true},  Level{"3.6-IV2", true},
    Level{"3.7-IV0", true},  Level{"3.7-IV1", false}, Level{"3.7-IV2", true},  Level{"3.7-IV3", false},
    Level{"3.7-IV4", false}, Level{"3.8-IV0", false}, Level{"3.9-IV0", false}, Level{"4.0-IV0", false},
    Level{"4.0-IV1", true},  Level{"4.0-IV2", false}, Level{"4.0-IV3", false}, Level{"4.1-IV0", false},
    Level{"4.1-IV1", false}, Level{"4.2-IV0", false}, Level{"4.2-IV1", false}, Level{"4.3-IV0", true},
};
static_assert(levels.size() == v4_3_iv0 - v3_3_iv3 + 1);

const Level* find_level(MetadataVersion level) {
    return level < v3_3_iv3 || level > v4_3_iv0 ? nullptr : &levels[static_cast<std::size_t>(level - v3_3_iv3)];
}

}  // namespace

std::string_view metadata_version_name(MetadataVersion level) {
    const Level* found = find_level(level);
    return found ? found->name : "unknown";
}

bool changes_metadata(MetadataVersion level) {
    const Level* found = find_level(level);
    return found && found->changes_metadata;
}

}  // namespace barnabas::feature
