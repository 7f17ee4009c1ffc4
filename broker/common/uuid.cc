#include "common/uuid.h"

#include <array>

#include "common/base64.h"
#include "common/big_endian.h"

namespace barnabas {

std::string Uuid::text() const {
    std::array<std::byte, 16> bytes;
    store_big_endian(bytes.data(), high);
    store_big_endian(bytes.data() + 8, low);
    return encode_base64(bytes, Base64::url_safe);
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    const auto bytes = decode_base64(text, Base64::url_safe);
    if (!bytes || bytes->size() != 16) {
        return std::nullopt;
    }
    return Uuid{load_big_endian<std::uint64_t>(bytes->data()), load_big_endian<std::uint64_t>(bytes->data() + 8)};
}

}  // namespace barnabas
