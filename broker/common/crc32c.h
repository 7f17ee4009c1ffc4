#pragma once

#include "common/bytes.h"

namespace barnabas {

/// CRC-32C (Castagnoli, RFC 3720) by the processor's instruction. `seed` is the checksum of what came before.
[[nodiscard]] std::uint32_t crc32c(BytesView bytes, std::uint32_t seed = 0);

}  // namespace barnabas
