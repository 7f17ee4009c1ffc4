#include "common/utf8.h"

#include <algorithm>
#include <cstdint>

namespace barnabas {

namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

std::size_t announced_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/// Not a longer form of a shorter character, half a surrogate pair, or past the last one.
bool is_character(std::uint32_t value, std::size_t length) {
    return length == 2 || (length == 3 && value >= 0x800 && (value < 0xd800 || value > 0xdfff)) ||
           (length == 4 && value >= 0x10000 && value <= 0x10ffff);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = announced_length(lead);
    if (length <= 1) {
        return length;
    }
    if (length > text.size()) {
        return 0;
    }
    std::uint32_t value = lead & (0x7fU >> length);
    for (const char next : text.substr(1, length - 1)) {
        const auto byte = static_cast<unsigned char>(next);
        if ((byte & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (byte & 0x3fU);
    }
    return is_character(value, length) ? length : 0;
}

std::string as_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        out += length == 0 ? replacement_character : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

}  // namespace barnabas
