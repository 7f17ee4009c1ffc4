#include "metadata/metadata_cache.h"

namespace barnabas {

void MetadataCache::publish(const MetadataDelta& delta) {
    {
        const std::scoped_lock lock(mutex_);
        image_ = delta.after;
    }
    for (const Subscriber& subscriber : subscribers_) {
        subscriber(delta);
    }
}

}  // namespace barnabas
