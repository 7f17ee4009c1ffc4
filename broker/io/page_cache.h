#pragma once

#include <cstdint>
#include <optional>

#include "io/file.h"

namespace barnabas {

// What the system holds in memory of a file. Files without a descriptor (a simulated disk) are in memory.

/// Whether a read of these bytes could go on without waiting for the device. Looks at places 128 KiB apart, which the
/// system reads and drops together, more or less. Does not wait itself (preadv2 with RWF_NOWAIT); where the file system
/// cannot tell, it says yes.
[[nodiscard]] bool is_cached(const File& file, std::int64_t position, std::int64_t length);

/// Where a look-up may read: an event loop must not wait for the device.
enum class ReadFrom : std::uint8_t { device, memory };

/// Reads what is held in memory from `position` on, and does not wait: fewer bytes than asked at the end of the file,
/// or where what follows is not in memory; nothing where the first byte is not.
[[nodiscard]] IoResult<std::optional<std::size_t>> read_cached(
    const File& file, std::int64_t position, MutableBytes into
);

/// Reads these bytes into memory, and waits for it. What cannot be read is left for who reads it next.
void load_into_cache(const File& file, std::int64_t position, std::int64_t length);

}  // namespace barnabas
