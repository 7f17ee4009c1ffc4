#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace barnabas {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// The characters of `text` as bytes, without a copy.
[[nodiscard]] inline BytesView as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// `bytes` as characters, without a copy.
[[nodiscard]] inline std::string_view as_text(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes copy(BytesView bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace barnabas
