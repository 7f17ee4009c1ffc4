#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "metadata/metadata_delta.h"

namespace barnabas {

/// Where everybody in the node learns what the cluster has agreed on.
class MetadataCache {
public:
    using Subscriber = std::function<void(const MetadataDelta& delta)>;

    MetadataCache() : image_(std::make_shared<const MetadataImage>()) {}

    /// The latest image, never null; empty until the first is published. Any thread. Take it once for each request, so
    /// that all of the answer comes from one state.
    [[nodiscard]] std::shared_ptr<const MetadataImage> image() const {
        const std::scoped_lock lock(mutex_);
        return image_;
    }

    /// `subscriber` is called for every image from the next one on, in order, on the thread that publishes and before
    /// publish() returns: it must not block for long. All subscribe before the first image is published.
    void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }

    /// Makes `delta.after` the image. One thread.
    void publish(const MetadataDelta& delta);

private:
    // Not std::atomic<std::shared_ptr>: that of GCC 12's library is a lock too, and one with a data race.
    mutable std::mutex mutex_;  ///< guards `image_`
    std::shared_ptr<const MetadataImage> image_;
    std::vector<Subscriber> subscribers_;
};

}  // namespace barnabas
