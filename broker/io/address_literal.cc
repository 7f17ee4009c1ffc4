#include "io/address_literal.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace barnabas {

namespace {

constexpr std::size_t longest_v4 = 15;

std::string v4_text(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

/// One to four numbers; the last stands for all the bytes that are left.
std::optional<std::uint32_t> parse_v4(std::string_view text) {
    if (text.size() > longest_v4) {
        return std::nullopt;
    }
    std::uint32_t address = 0;
    int bytes_left = 4;
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view part = text.substr(0, dot);
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (error != std::errc() || end != part.data() + part.size()) {
            return std::nullopt;
        }
        const bool last = dot == std::string_view::npos;
        const int bytes = last ? bytes_left : 1;
        if (bytes > bytes_left || bytes == 0 || number >> 8 * bytes != 0) {
            return std::nullopt;
        }
        bytes_left -= bytes;
        address |= static_cast<std::uint32_t>(number << 8 * bytes_left);
        if (last) {
            return address;
        }
        text.remove_prefix(dot + 1);
    }
}

std::optional<std::string> parse_v6(std::string_view text) {
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) {
        return std::nullopt;
    }
    constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    if (std::memcmp(bytes.data(), mapped.data(), mapped.size()) == 0) {
        return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
    }
    std::array<char, INET6_ADDRSTRLEN> out{};
    return inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
}

}  // namespace

std::optional<std::string> address_literal(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    if (text.starts_with('[') && text.ends_with(']')) {
        return parse_v6(text.substr(1, text.size() - 2));
    }
    if (text.contains(':')) {
        return parse_v6(text);
    }
    const auto address = parse_v4(text);
    return address ? std::optional(v4_text(*address)) : std::nullopt;
}

}  // namespace barnabas
