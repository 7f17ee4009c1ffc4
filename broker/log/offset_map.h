#pragma once

#include <array>
#include <optional>

#include "log/siphash.h"
#include "model/ids.h"

namespace barnabas {

/// For each key the offset of its newest record, in a bounded amount of memory: what the cleaner knows of the dirty
/// part of a log.
///
/// Keys are known by a 128-bit hash with a secret of the map's own, so a key takes 24 bytes whatever its length, and
/// no producer can make two keys collide. Not thread-safe.
class OffsetMap {
public:
    static constexpr std::size_t bytes_per_slot = 24;

    /// `most_keys` is how many different keys it takes before it is full, which it allocates at once;
    /// `load_factor` in (0, 1] is the part of its slots that they fill.
    OffsetMap(std::size_t most_keys, double load_factor, std::array<std::uint64_t, 2> secret);

    /// How many keys fit in `bytes` at that load.
    [[nodiscard]] static std::size_t keys_in(std::size_t bytes, double load_factor);

    /// False, without a change, when the key is new and the map is full. Offsets of a key must not go back.
    [[nodiscard]] bool put(BytesView key, Offset offset);

    [[nodiscard]] std::optional<Offset> find(BytesView key) const;

    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct Slot {
        Hash128 hash;
        Offset offset = no_offset;  ///< none in an empty slot
    };
    static_assert(sizeof(Slot) == bytes_per_slot);

    /// The slot that holds `hash`, or the empty one where it belongs.
    [[nodiscard]] std::size_t slot_of(Hash128 hash) const;

    std::array<std::uint64_t, 2> secret_;
    std::vector<Slot> slots_;
    std::size_t most_keys_;
    std::size_t size_ = 0;
};

}  // namespace barnabas
