#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/big_endian.h"
#include "common/uuid.h"
#include "protocol/payload.h"
#include "protocol/unknown_tags.h"

namespace barnabas {

/// Reads Kafka's wire types from the front of a buffer, which must outlive what was read: strings and bytes are views.
///
/// The first thing that does not fit sets the error; from then on everything read is zero or empty. So a decoder reads
/// straight on and asks `failed()` once at the end. No length is believed that the rest of the buffer cannot back.
class Reader {
public:
    explicit Reader(BytesView input) : input_(input) {}

    [[nodiscard]] bool failed() const { return !error_.empty(); }
    /// What was wrong and at which byte; empty while nothing failed.
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] std::size_t remaining() const { return input_.size() - position_; }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] BytesView rest() const { return input_.subspan(position_); }

    template <std::integral Int>
    Int integer() {
        if (remaining() < sizeof(Int)) {
            fail_short(sizeof(Int));
            return 0;
        }
        const Int value = load_big_endian<Int>(input_.data() + position_);
        position_ += sizeof(Int);
        return value;
    }
    bool boolean() { return integer<std::int8_t>() != 0; }
    double float64() { return std::bit_cast<double>(integer<std::uint64_t>()); }
    Uuid uuid() {
        const auto high = integer<std::uint64_t>();
        return {high, integer<std::uint64_t>()};
    }
    std::uint32_t unsigned_varint();

    /// Length of a string, bytes or array. Null is nothing, and an error unless `nullable`.
    std::optional<std::size_t> string_length(bool flexible, bool nullable);
    std::optional<std::size_t> bytes_length(bool flexible, bool nullable);
    std::optional<std::size_t> array_length(bool flexible, bool nullable) { return bytes_length(flexible, nullable); }

    /// The next `size` bytes.
    BytesView take(std::size_t size);

    void skip_to(std::size_t position) { position_ = position; }
    void fail(std::string_view what);

private:
    void fail_short(std::size_t wanted);
    std::optional<std::size_t> checked_length(std::int64_t length, bool nullable);

    BytesView input_;
    std::size_t position_ = 0;
    std::string error_;
};

/// How many elements to make room for before reading them: what is certain to fit, however large `length` claims to be.
[[nodiscard]] inline std::size_t reserve_for(const Reader& reader, std::size_t length) {
    return std::min({length, reader.remaining(), std::size_t{1024}});
}

/// Reads the tagged fields of one struct. `known(tag, size)` reads a field of the schema and returns true, or returns
/// false without reading; the rest is kept in `unknown`.
template <class Known>
void read_tagged_fields(Reader& reader, UnknownTags& unknown, Known known) {
    const std::uint32_t count = reader.unsigned_varint();
    std::int64_t previous = -1;
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        const std::uint32_t tag = reader.unsigned_varint();
        const std::size_t size = reader.unsigned_varint();
        if (reader.failed()) {
            return;
        }
        if (std::int64_t{tag} <= previous) {
            return reader.fail("tagged fields are not in rising order of their tags");
        }
        if (size > reader.remaining()) {
            return reader.fail("a tagged field is longer than what follows");
        }
        previous = tag;
        const std::size_t end = reader.position() + size;
        if (!known(tag)) {
            const BytesView data = reader.take(size);
            unknown.push_back({tag, Bytes(data.begin(), data.end())});
        } else if (!reader.failed() && reader.position() != end) {
            return reader.fail("a tagged field has another size than it says");
        }
    }
}

}  // namespace barnabas
