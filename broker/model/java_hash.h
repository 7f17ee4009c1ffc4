#pragma once

#include <cstdint>
#include <string_view>

namespace barnabas {

/// Java's String.hashCode of UTF-8 text: over UTF-16 code units; a byte that is not UTF-8 counts as U+FFFD.
[[nodiscard]] std::int32_t java_hash(std::string_view text);

}  // namespace barnabas
