#pragma once

#include <cstdint>

#include "io/file.h"

namespace barnabas {

// What the system holds in memory of a file. Files without a descriptor (a simulated disk) are in memory.

/// Whether a read of these bytes could go on without waiting for the device. Looks at places 128 KiB apart, which the
/// system reads and drops together, more or less. Does not wait itself (preadv2 with RWF_NOWAIT); where the file system
/// cannot tell, it says yes.
[[nodiscard]] bool is_cached(const File& file, std::int64_t position, std::int64_t length);

/// Reads these bytes into memory, and waits for it. What cannot be read is left for who reads it next.
void load_into_cache(const File& file, std::int64_t position, std::int64_t length);

}  // namespace barnabas
