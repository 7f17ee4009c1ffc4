#include "metadata/metadata_cache.h"

namespace barnabas {

void MetadataCache::publish(const MetadataDelta& delta) {
    image_.store(delta.after, std::memory_order_release);
    for (const Subscriber& subscriber : subscribers_) {
        subscriber(delta);
    }
}

}  // namespace barnabas
