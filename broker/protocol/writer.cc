#include "protocol/writer.h"

namespace barnabas {

void Writer::array_length(std::optional<std::size_t> length, bool flexible) {
    if (flexible) {
        unsigned_varint(length ? *length + 1 : 0);
    } else {
        integer(length ? static_cast<std::int32_t>(*length) : -1);
    }
}

void Writer::string(std::optional<std::string_view> value, bool flexible) {
    if (flexible) {
        unsigned_varint(value ? value->size() + 1 : 0);
    } else {
        integer(value ? static_cast<std::int16_t>(value->size()) : std::int16_t{-1});
    }
    if (value) {
        raw(as_bytes(*value));
    }
}

void Writer::bytes(std::optional<BytesView> value, bool flexible) {
    array_length(value ? std::optional(value->size()) : std::nullopt, flexible);
    if (value) {
        raw(*value);
    }
}

void Writer::records(const RecordBytes* value, bool flexible) {
    array_length(value != nullptr ? std::optional(value->size()) : std::nullopt, flexible);
    if (value == nullptr) {
        return;
    }
    if (value->slice() != nullptr || value->shared()) {
        payload_.splices.push_back({payload_.bytes.size(), *value});
    } else {
        raw(value->bytes());
    }
}

void Writer::tag(std::uint32_t number, BytesView data) {
    unsigned_varint(number);
    unsigned_varint(data.size());
    raw(data);
}

void Writer::tags(const UnknownTags& unknown) {
    for (const UnknownTag& each : unknown) {
        tag(each.tag, each.data);
    }
}

}  // namespace barnabas
