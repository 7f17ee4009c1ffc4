#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace barnabas {

/// Levels of the cluster's features (KIP-584): what this node can do, and what the cluster has agreed on.
struct Features {
    struct Supported {
        std::string name;
        std::int16_t least;
        std::int16_t most;
    };
    struct Finalized {
        std::string name;
        std::int16_t level;
    };

    std::vector<Supported> supported;
    std::vector<Finalized> finalized;
    std::int64_t finalized_epoch = -1;  ///< offset of the metadata they were read from; -1 when there is none yet
};

/// Where ApiVersions learns them. Any thread.
class FeatureSource {
public:
    virtual ~FeatureSource() = default;
    [[nodiscard]] virtual Features features() const = 0;
};

}  // namespace barnabas
