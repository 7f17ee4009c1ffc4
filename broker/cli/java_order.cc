#include "cli/java_order.h"

#include <algorithm>
#include <bit>

namespace barnabas {

namespace {

/// The code point at the front of `text`, which is dropped. A damaged byte stands for U+FFFD.
std::uint32_t take_code_point(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (length == 0 || length > text.size()) {
        text.remove_prefix(1);
        return 0xfffd;
    }
    std::uint32_t code = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    text.remove_prefix(length);
    return code;
}

std::size_t bucket(const std::string& key, std::size_t buckets) {
    const auto hash = static_cast<std::uint32_t>(java_hash(key));
    return (hash ^ hash >> 16) & (buckets - 1);
}

}  // namespace

std::int32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    while (!text.empty()) {
        const std::uint32_t code = take_code_point(text);
        if (code >= 0x10000) {
            hash = hash * 31 + (0xd800 + ((code - 0x10000) >> 10));
            hash = hash * 31 + (0xdc00 + ((code - 0x10000) & 0x3ff));
        } else {
            hash = hash * 31 + code;
        }
    }
    return static_cast<std::int32_t>(hash);
}

std::vector<std::string> java_hash_order(std::vector<std::string> keys, std::size_t capacity) {
    // A map doubles as soon as it is more than three quarters full.
    std::size_t buckets = std::bit_ceil(std::max<std::size_t>(capacity, 1));
    while (keys.size() * 4 > buckets * 3) {
        buckets *= 2;
    }
    std::vector<std::vector<std::string>> chains(buckets);
    for (std::string& key : keys) {
        chains[bucket(key, buckets)].push_back(std::move(key));
    }
    std::vector<std::string> ordered;
    ordered.reserve(keys.size());
    for (auto& chain : chains) {
        std::ranges::move(chain, std::back_inserter(ordered));
    }
    return ordered;
}

}  // namespace barnabas
