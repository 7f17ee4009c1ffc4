#pragma once

#include <span>
#include <string_view>

namespace barnabas {

/// Of `candidates`, the one that takes the fewest insertions, deletions and replacements to become `text`; of equals
/// the first. Empty when there are none.
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace barnabas
