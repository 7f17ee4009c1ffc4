#include "model/java_hash.h"

namespace barnabas {

namespace {

constexpr std::uint32_t replacement = 0xfffd;

struct CodePoint {
    std::uint32_t value;
    std::size_t bytes;
};

/// The code point at the front of `text`, which is not empty.
CodePoint first_code_point(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    if (length == 1) {
        return {lead, 1};
    }
    if (length == 0) {
        return {replacement, 1};
    }
    std::uint32_t value = lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned next = i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
        if ((next & 0xc0) != 0x80) {
            return {replacement, i};
        }
        value = value << 6 | (next & 0x3fu);
    }
    return {value, length};
}

}  // namespace

std::int32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        text.remove_prefix(point.bytes);
        if (point.value >= 0x10000) {
            hash = hash * 31 + (0xd800 + ((point.value - 0x10000) >> 10));
            hash = hash * 31 + (0xdc00 + ((point.value - 0x10000) & 0x3ff));
        } else {
            hash = hash * 31 + point.value;
        }
    }
    return static_cast<std::int32_t>(hash);
}

}  // namespace barnabas
