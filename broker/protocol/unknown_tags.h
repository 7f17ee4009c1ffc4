#pragma once

#include <cstdint>
#include <vector>

#include "common/bytes.h"

namespace barnabas {

/// A tagged field (KIP-482) that the schema does not know. It is kept, and written again, as it came.
struct UnknownTag {
    std::uint32_t tag;
    Bytes data;

    bool operator==(const UnknownTag&) const = default;
};

using UnknownTags = std::vector<UnknownTag>;

}  // namespace barnabas
