#pragma once

#include <map>
#include <memory>
#include <set>

#include "metadata/metadata_image.h"

namespace barnabas {

/// What differs between the image that was published last and the one that is published now. Whether a thing came,
/// changed or went is seen by looking for it in `before` and in `after`. A value; safe to read from any thread.
struct MetadataDelta {
    std::shared_ptr<const MetadataImage> before;
    std::shared_ptr<const MetadataImage> after;

    std::map<TopicId, std::set<PartitionId>> topics;  ///< with their partitions that came or changed
    std::set<NodeId> brokers;
    std::set<ConfigTarget> configs;  ///< without those of topics that went
    bool features = false;
    bool client_quotas = false;
    bool security = false;
    std::set<Uuid> acls;  ///< access rules that came or went
    bool producer_ids = false;

    /// Names what `record` changes in `image`, to which it has not been applied yet.
    void note(const MetadataRecord& record, const MetadataImage& image);

    /// Finds the differences by comparing everything: after a snapshot, which does not say what it changes.
    [[nodiscard]] static MetadataDelta between(
        std::shared_ptr<const MetadataImage> before, std::shared_ptr<const MetadataImage> after
    );
};

}  // namespace barnabas
