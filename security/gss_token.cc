#include "security/gss_token.h"

#include <algorithm>
#include <array>

namespace barnabas {

namespace {

constexpr std::byte application_tag{0x60};
constexpr std::size_t most_length_octets = 4;

/// Object identifier 1.2.840.113554.1.2.2 and its tag and length, then the token's kind: AP-REQ.
constexpr std::array<unsigned char, 13> kerberos_ap_req{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                        0x12, 0x01, 0x02, 0x02, 0x01, 0x00};

/// What follows a length, where that is all there is; empty otherwise.
BytesView behind_length(BytesView bytes) {
    if (bytes.empty()) {
        return {};
    }
    auto size = std::to_integer<std::size_t>(bytes.front());
    bytes = bytes.subspan(1);
    if (size >= 0x80) {
        std::size_t octets = size - 0x80;
        if (octets == 0 || octets > std::min(most_length_octets, bytes.size())) {
            return {};
        }
        for (size = 0; octets > 0; --octets) {
            size = size << 8 | std::to_integer<std::size_t>(bytes.front());
            bytes = bytes.subspan(1);
        }
    }
    return size == bytes.size() ? bytes : BytesView();
}

}  // namespace

bool is_first_kerberos_token(BytesView token) {
    if (token.empty() || token.front() != application_tag) {
        return false;
    }
    const BytesView inside = behind_length(token.subspan(1));
    return inside.size() > kerberos_ap_req.size() &&
           std::ranges::equal(inside.first(kerberos_ap_req.size()), kerberos_ap_req, {}, [](std::byte octet) {
               return std::to_integer<unsigned char>(octet);
           });
}

}  // namespace barnabas
