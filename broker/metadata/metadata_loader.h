#pragma once

#include <functional>
#include <optional>
#include <span>

#include "metadata/metadata_cache.h"

namespace barnabas {

/// Turns the committed part of the metadata log, and snapshots, into images, and publishes them.
///
/// A transaction of several batches (KIP-868) is published when it ends, or not at all. Touched by one thread. After an
/// error the loader must not be used further: the node cannot know the cluster's state any more.
class MetadataLoader {
public:
    explicit MetadataLoader(MetadataCache& cache) : cache_(cache), published_(cache.image()), image_(*published_) {}

    /// Applies the records of the next committed batch, which has none where control records stand. Nothing is
    /// published yet. Errors: unsupported_version, invalid_record.
    [[nodiscard]] Expected<void> apply(const Provenance& reached, std::span<const BytesView> values);

    /// Publishes what was applied, unless a transaction is open.
    void publish();

    /// The values of the snapshot's next batch; nothing after the last.
    using NextBatch = std::function<Expected<std::optional<std::vector<BytesView>>>()>;

    /// Replaces the image by that of a snapshot, and publishes it. After an error nothing has changed.
    [[nodiscard]] Expected<void> load_snapshot(const Provenance& reached, const NextBatch& next);

    /// What has been applied so far, published or not; within a transaction, the state before it.
    [[nodiscard]] const MetadataImage& image() const { return before_transaction_ ? *before_transaction_ : image_; }
    [[nodiscard]] bool in_transaction() const { return before_transaction_.has_value(); }

private:
    [[nodiscard]] Expected<void> apply(const MetadataRecord& record);
    [[nodiscard]] Expected<void> frame_transaction(const MetadataRecord& record);

    MetadataCache& cache_;
    std::shared_ptr<const MetadataImage> published_;
    MetadataImage image_;
    MetadataDelta delta_;
    std::optional<MetadataImage> before_transaction_;
    MetadataDelta delta_before_transaction_;
};

}  // namespace barnabas
