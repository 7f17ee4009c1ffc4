#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/bytes.h"

namespace barnabas {

enum class Base64 : std::uint8_t { standard, url_safe };

/// RFC 4648. Standard text is padded with '=', URL-safe text is not.
[[nodiscard]] std::string encode_base64(BytesView bytes, Base64 alphabet);

/// Accepts text with and without padding; nothing when a character or the length is wrong.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text, Base64 alphabet);

}  // namespace barnabas
