#include "log/offset_map.h"

#include <algorithm>

#include "common/check.h"

namespace barnabas {

OffsetMap::OffsetMap(std::size_t most_keys, double load_factor, std::array<std::uint64_t, 2> secret)
    : secret_(secret), most_keys_(most_keys) {
    CHECK(load_factor > 0 && load_factor <= 1);
    // One slot more than keys, so that a search for an absent key ends.
    slots_.resize(std::max(static_cast<std::size_t>(static_cast<double>(most_keys) / load_factor), most_keys) + 1);
}

std::size_t OffsetMap::keys_in(std::size_t bytes, double load_factor) {
    const std::size_t slots = bytes / bytes_per_slot;
    return slots < 2 ? 0 : static_cast<std::size_t>(static_cast<double>(slots - 1) * load_factor);
}

bool OffsetMap::put(BytesView key, Offset offset) {
    const Hash128 hash = siphash_128(secret_, key);
    Slot& slot = slots_[slot_of(hash)];
    if (slot.offset == no_offset) {
        if (size_ == most_keys_) {
            return false;
        }
        ++size_;
        slot.hash = hash;
    }
    slot.offset = offset;
    return true;
}

std::optional<Offset> OffsetMap::find(BytesView key) const {
    const Slot& slot = slots_[slot_of(siphash_128(secret_, key))];
    return slot.offset == no_offset ? std::nullopt : std::optional(slot.offset);
}

std::size_t OffsetMap::slot_of(Hash128 hash) const {
    std::size_t at = hash.high % slots_.size();
    while (slots_[at].offset != no_offset && slots_[at].hash != hash) {
        at = at + 1 == slots_.size() ? 0 : at + 1;
    }
    return at;
}

}  // namespace barnabas
