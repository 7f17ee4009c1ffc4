#pragma once

#include "handlers/features.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

/// The features of ApiVersions: those of this program, and those that the metadata says the cluster has agreed on.
class ImageFeatures final : public FeatureSource {
public:
    explicit ImageFeatures(const MetadataCache& metadata) : metadata_(metadata) {}

    [[nodiscard]] Features features() const override;

private:
    const MetadataCache& metadata_;
};

}  // namespace barnabas
