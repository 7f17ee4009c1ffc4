#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <optional>
#include <string_view>

#include "common/big_endian.h"
#include "common/uuid.h"
#include "common/varint.h"
#include "protocol/payload.h"
#include "protocol/unknown_tags.h"

namespace barnabas {

/// Writes Kafka's wire types into a payload.
class Writer {
public:
    Writer() = default;
    /// Continues after what `payload` holds.
    explicit Writer(Payload payload) : payload_(std::move(payload)) {}

    [[nodiscard]] Payload finish() && { return std::move(payload_); }
    [[nodiscard]] Bytes& bytes() { return payload_.bytes; }

    template <std::integral Int>
    void integer(Int value) {
        std::byte raw[sizeof(Int)];
        store_big_endian(raw, value);
        payload_.bytes.insert(payload_.bytes.end(), raw, raw + sizeof raw);
    }
    void boolean(bool value) { integer<std::int8_t>(value ? 1 : 0); }
    void float64(double value) { integer(std::bit_cast<std::uint64_t>(value)); }
    void uuid(const Uuid& value) {
        integer(value.high);
        integer(value.low);
    }
    void unsigned_varint(std::uint64_t value) { append_unsigned_varint(payload_.bytes, value); }
    void raw(BytesView bytes) { payload_.bytes.insert(payload_.bytes.end(), bytes.begin(), bytes.end()); }

    /// Nothing writes null.
    void string(std::optional<std::string_view> value, bool flexible);
    void bytes(std::optional<BytesView> value, bool flexible);
    void array_length(std::optional<std::size_t> length, bool flexible);
    /// Splices file slices and shared bytes in; copies views.
    void records(const RecordBytes* value, bool flexible);
    void tag(std::uint32_t number, BytesView data);
    void tags(const UnknownTags& unknown);

private:
    Payload payload_;
};

}  // namespace barnabas
