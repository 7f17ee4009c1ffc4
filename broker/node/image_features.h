#pragma once

#include <atomic>

#include "handlers/features.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

/// The features of ApiVersions: those of this program, and those that the cluster has agreed on: the metadata says
/// which, and the quorum's own log the level of kraft.version.
class ImageFeatures final : public FeatureSource {
public:
    ImageFeatures(const MetadataCache& metadata, const std::atomic<std::int16_t>& kraft_version)
        : metadata_(metadata), kraft_version_(kraft_version) {}

    [[nodiscard]] Features features() const override;

private:
    const MetadataCache& metadata_;
    const std::atomic<std::int16_t>& kraft_version_;
};

}  // namespace barnabas
