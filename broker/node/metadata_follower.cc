#include "node/metadata_follower.h"

namespace barnabas {

MetadataFollower::MetadataFollower(MetadataCache& cache, Apply apply) : cache_(cache), apply_(std::move(apply)) {
    cache_.subscribe([this](const MetadataDelta& delta) {
        const std::scoped_lock lock(mutex_);
        if (started_ && !stopping_) {
            queue_.push_back(delta);
        }
        changed_.notify_all();
    });
}

void MetadataFollower::start() {
    MetadataDelta first;
    {
        // From here on changes are queued. One that is both in the image and in the queue does no harm: the steps lead
        // to states, not from states.
        const std::scoped_lock lock(mutex_);
        started_ = true;
        first = MetadataDelta::between(std::make_shared<const MetadataImage>(), cache_.image());
    }
    apply_(first);
    const std::scoped_lock lock(mutex_);
    applied_ = first.after->provenance.last_offset;
    thread_ = std::thread([this] { work(); });
}

void MetadataFollower::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) {
            return;
        }
        const MetadataDelta delta = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        apply_(delta);
        lock.lock();
        applied_ = std::max(applied_, delta.after->provenance.last_offset);
    }
}

void MetadataFollower::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        queue_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool MetadataFollower::wait_until(const std::function<bool(const MetadataImage&)>& condition, Instant deadline) {
    // What the condition looks at besides the image announces nothing, so it is asked again now and then.
    constexpr std::chrono::milliseconds look_again{2};
    std::unique_lock lock(mutex_);
    while (!condition(*cache_.image())) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        changed_.wait_for(lock, look_again);
    }
    return true;
}

Offset MetadataFollower::applied() const {
    const std::scoped_lock lock(mutex_);
    return applied_;
}

}  // namespace barnabas
