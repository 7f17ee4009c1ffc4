#pragma once

#include <string>
#include <string_view>

namespace barnabas {

/// The bytes of the UTF-8 character that `text`, which is not empty, begins with; 0 when it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// `text` with U+FFFD for every byte that belongs to no character: what peers send may be anything.
[[nodiscard]] std::string as_utf8(std::string_view text);

}  // namespace barnabas
