#include "common/base64.h"

#include <array>

namespace barnabas {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

char letter(unsigned value, Base64 alphabet) {
    if (value < letters.size()) {
        return letters[value];
    }
    const std::string_view last = alphabet == Base64::standard ? "+/" : "-_";
    return last[value - letters.size()];
}

std::array<std::int8_t, 256> values_of(Base64 alphabet) {
    std::array<std::int8_t, 256> values;
    values.fill(-1);
    for (unsigned value = 0; value < 64; ++value) {
        values[static_cast<unsigned char>(letter(value, alphabet))] = static_cast<std::int8_t>(value);
    }
    return values;
}

}  // namespace

std::string encode_base64(BytesView bytes, Base64 alphabet) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    unsigned bits = 0, count = 0;
    for (const std::byte byte : bytes) {
        bits = (bits << 8) | std::to_integer<unsigned>(byte);
        for (count += 8; count >= 6; count -= 6) {
            text += letter((bits >> (count - 6)) & 63, alphabet);
        }
    }
    if (count > 0) {
        text += letter((bits << (6 - count)) & 63, alphabet);
    }
    while (alphabet == Base64::standard && text.size() % 4 != 0) {
        text += '=';
    }
    return text;
}

std::optional<Bytes> decode_base64(std::string_view text, Base64 alphabet) {
    static const std::array<std::int8_t, 256> standard = values_of(Base64::standard);
    static const std::array<std::int8_t, 256> url_safe = values_of(Base64::url_safe);
    const auto& values = alphabet == Base64::standard ? standard : url_safe;
    while (!text.empty() && text.back() == '=') {
        text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    Bytes bytes;
    bytes.reserve(text.size() * 3 / 4);
    unsigned bits = 0, count = 0;
    for (const char character : text) {
        const std::int8_t value = values[static_cast<unsigned char>(character)];
        if (value < 0) {
            return std::nullopt;
        }
        bits = (bits << 6) | static_cast<unsigned>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::byte>((bits >> count) & 255));
        }
    }
    return bytes;
}

}  // namespace barnabas
