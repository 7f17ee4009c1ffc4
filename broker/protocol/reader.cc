#include "protocol/reader.h"

#include <fmt/format.h>

namespace barnabas {

void Reader::fail(std::string_view what) {
    if (error_.empty()) {
        error_ = fmt::format("{} at byte {}", what, position_);
    }
    position_ = input_.size();
}

void Reader::fail_short(std::size_t wanted) {
    fail(fmt::format("{} bytes wanted, {} left", wanted, remaining()));
}

std::uint32_t Reader::unsigned_varint() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (remaining() == 0) {
            fail_short(1);
            return 0;
        }
        const auto byte = std::to_integer<std::uint32_t>(input_[position_++]);
        value |= (byte & 127) << shift;
        if (byte < 128) {
            return value;
        }
    }
    fail("a varint has more than 5 bytes");
    return 0;
}

std::optional<std::size_t> Reader::checked_length(std::int64_t length, bool nullable) {
    if (failed()) {
        return nullable ? std::nullopt : std::optional<std::size_t>(0);
    }
    if (length == -1 && nullable) {
        return std::nullopt;
    }
    if (length < 0) {
        fail(length == -1 ? "null where the field may not be null" : "a negative length");
        return 0;
    }
    if (static_cast<std::size_t>(length) > remaining()) {
        fail(fmt::format("a length of {} where {} bytes follow", length, remaining()));
        return 0;
    }
    return static_cast<std::size_t>(length);
}

std::optional<std::size_t> Reader::string_length(bool flexible, bool nullable) {
    if (flexible) {
        return checked_length(std::int64_t{unsigned_varint()} - 1, nullable);
    }
    return checked_length(integer<std::int16_t>(), nullable);
}

std::optional<std::size_t> Reader::bytes_length(bool flexible, bool nullable) {
    if (flexible) {
        return checked_length(std::int64_t{unsigned_varint()} - 1, nullable);
    }
    return checked_length(integer<std::int32_t>(), nullable);
}

BytesView Reader::take(std::size_t size) {
    if (size > remaining()) {
        fail_short(size);
        return {};
    }
    const BytesView taken = input_.subspan(position_, size);
    position_ += size;
    return taken;
}

}  // namespace barnabas
