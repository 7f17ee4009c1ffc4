#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "metadata/metadata_cache.h"

namespace barnabas {

/// Lets the broker's parts follow the metadata on a thread of its own, in order: they make and remove files, and the
/// publishing thread must not wait for them. What comes before `start()` is followed as one step.
class MetadataFollower {
public:
    using Apply = std::function<void(const MetadataDelta& delta)>;

    /// Subscribes; `cache` outlives the follower, and `stop()` comes before the parts that `apply` uses go.
    MetadataFollower(MetadataCache& cache, Apply apply);
    ~MetadataFollower() { stop(); }
    MetadataFollower(const MetadataFollower&) = delete;
    MetadataFollower& operator=(const MetadataFollower&) = delete;

    /// The first step leads from nothing to the image of this moment, and is applied when this returns.
    void start();
    /// What is queued is left out.
    void stop();

    /// Waits until the cache's image satisfies `condition`; false past `deadline`. Any thread but the publishing one.
    [[nodiscard]] bool wait_until(const std::function<bool(const MetadataImage&)>& condition, Instant deadline);

    /// Everything in the metadata log up to this offset has been applied.
    [[nodiscard]] Offset applied() const;

private:
    void work();

    MetadataCache& cache_;
    const Apply apply_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool started_ = false;
    bool stopping_ = false;
    std::deque<MetadataDelta> queue_;
    Offset applied_ = no_offset;
    std::thread thread_;
};

}  // namespace barnabas
