#pragma once

#include <cstdint>

#include "common/bytes.h"

namespace barnabas {

/// Protocol Buffers' variable-length integers: 7 bits a byte, least significant first.
/// Signed values are zigzag-encoded first.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Bytes that `value` takes, 1 to 10.
[[nodiscard]] constexpr std::size_t unsigned_varint_size(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 128; value >>= 7) {
        ++size;
    }
    return size;
}
[[nodiscard]] constexpr std::size_t varint_size(std::int64_t value) {
    return unsigned_varint_size(zigzag(value));
}

inline void append_unsigned_varint(Bytes& out, std::uint64_t value) {
    for (; value >= 128; value >>= 7) {
        out.push_back(static_cast<std::byte>(value | 128));
    }
    out.push_back(static_cast<std::byte>(value));
}
inline void append_varint(Bytes& out, std::int64_t value) {
    append_unsigned_varint(out, zigzag(value));
}

/// Reads one varint of at most `max_bytes` (5 for 32 bits, 10 for 64) from the front of `in` and drops it.
/// False, and `in` unspecified, when it is cut off or too long.
[[nodiscard]] inline bool take_unsigned_varint(BytesView& in, std::uint64_t& value, std::size_t max_bytes = 10) {
    if (!in.empty() && in[0] < std::byte{128}) {  // nearly always
        value = std::to_integer<std::uint64_t>(in[0]);
        in = in.subspan(1);
        return true;
    }
    if (in.size() >= 2 && max_bytes >= 2 && in[1] < std::byte{128}) {  // as the lengths of most records and values
        value = (std::to_integer<std::uint64_t>(in[0]) & 127) | std::to_integer<std::uint64_t>(in[1]) << 7;
        in = in.subspan(2);
        return true;
    }
    value = 0;
    for (std::size_t i = 0; i < max_bytes && i < in.size(); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(in[i]);
        value |= (byte & 127) << (7 * i);
        if (byte < 128) {
            in = in.subspan(i + 1);
            return true;
        }
    }
    return false;
}
[[nodiscard]] inline bool take_varint(BytesView& in, std::int64_t& value, std::size_t max_bytes = 10) {
    std::uint64_t raw;
    if (!take_unsigned_varint(in, raw, max_bytes)) {
        return false;
    }
    value = unzigzag(raw);
    return true;
}

/// Of a varint of 32 bits.
inline constexpr std::size_t most_int32_bytes = 5;

/// Reads the length of bytes that follow it, which may be -1 for none. False when `in` does not have so many.
[[nodiscard]] inline bool take_length(BytesView& in, std::int64_t& length) {
    return take_varint(in, length, most_int32_bytes) && length >= -1 && length <= static_cast<std::int64_t>(in.size());
}

}  // namespace barnabas
