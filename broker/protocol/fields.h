#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

namespace barnabas {

/// How the fields of one message are laid out: what generated `read` and `write` pass down.
struct Format {
    std::int16_t version;
    bool flexible;  ///< KIP-482: compact lengths and tagged fields
};

template <class T>
concept Struct = requires(T& value, Reader& reader, std::int16_t version) { value.read(reader, version); };

// read_field: the next field, by its C++ type. A null where `nullable` is false fails the reader.

template <std::integral T>
void read_field(Reader& reader, T& value, Format) {
    value = reader.integer<T>();
}
inline void read_field(Reader& reader, bool& value, Format) {
    value = reader.boolean();
}
inline void read_field(Reader& reader, double& value, Format) {
    value = reader.float64();
}
inline void read_field(Reader& reader, Uuid& value, Format) {
    value = reader.uuid();
}
inline void read_field(Reader& reader, ErrorCode& value, Format) {
    value = static_cast<ErrorCode>(reader.integer<std::int16_t>());
}
template <Struct T>
void read_field(Reader& reader, T& value, Format format) {
    value.read(reader, format.version);
}

inline std::optional<std::size_t> read_length(Reader& reader, const std::string_view&, bool flexible, bool nullable) {
    return reader.string_length(flexible, nullable);
}
inline std::optional<std::size_t> read_length(Reader& reader, const std::string&, bool flexible, bool nullable) {
    return reader.string_length(flexible, nullable);
}
template <class T>
std::optional<std::size_t> read_length(Reader& reader, const T&, bool flexible, bool nullable) {
    return reader.bytes_length(flexible, nullable);
}

inline void read_contents(Reader& reader, std::string_view& value, std::size_t size, Format) {
    value = as_text(reader.take(size));
}
inline void read_contents(Reader& reader, std::string& value, std::size_t size, Format) {
    value = as_text(reader.take(size));
}
inline void read_contents(Reader& reader, BytesView& value, std::size_t size, Format) {
    value = reader.take(size);
}
inline void read_contents(Reader& reader, Bytes& value, std::size_t size, Format) {
    value = copy(reader.take(size));
}
inline void read_contents(Reader& reader, RecordBytes& value, std::size_t size, Format) {
    value = RecordBytes(reader.take(size));
}
template <class T>
void read_contents(Reader& reader, std::vector<T>& value, std::size_t size, Format format) {
    value.clear();
    value.reserve(reserve_for(reader, size));
    for (std::size_t i = 0; i < size && !reader.failed(); ++i) {
        read_field(reader, value.emplace_back(), format);
    }
}

template <class T>
concept Sized = requires(Reader& reader, T& value, Format format) { read_contents(reader, value, 0, format); };

template <Sized T>
void read_field(Reader& reader, T& value, Format format) {
    read_contents(reader, value, *read_length(reader, value, format.flexible, false), format);
}
template <Sized T>
void read_nullable(Reader& reader, std::optional<T>& value, Format format, bool nullable) {
    const auto size = read_length(reader, T(), format.flexible, nullable);
    value.reset();
    if (size) {
        read_contents(reader, value.emplace(), *size, format);
    }
}
template <Struct T>
void read_nullable(Reader& reader, std::optional<T>& value, Format format, bool nullable) {
    value.reset();
    if (!nullable || reader.integer<std::int8_t>() >= 0) {
        value.emplace().read(reader, format.version);
    }
}

// write_field: the mirror image.

template <std::integral T>
void write_field(Writer& writer, T value, Format) {
    writer.integer(value);
}
inline void write_field(Writer& writer, bool value, Format) {
    writer.boolean(value);
}
inline void write_field(Writer& writer, double value, Format) {
    writer.float64(value);
}
inline void write_field(Writer& writer, const Uuid& value, Format) {
    writer.uuid(value);
}
inline void write_field(Writer& writer, ErrorCode value, Format) {
    writer.integer(static_cast<std::int16_t>(value));
}
template <Struct T>
void write_field(Writer& writer, const T& value, Format format) {
    value.write(writer, format.version);
}
inline void write_field(Writer& writer, std::string_view value, Format format) {
    writer.string(value, format.flexible);
}
inline void write_field(Writer& writer, BytesView value, Format format) {
    writer.bytes(value, format.flexible);
}
inline void write_field(Writer& writer, const Bytes& value, Format format) {
    writer.bytes(value, format.flexible);
}
inline void write_field(Writer& writer, const RecordBytes& value, Format format) {
    writer.records(&value, format.flexible);
}
template <class T>
void write_field(Writer& writer, const std::vector<T>& value, Format format) {
    writer.array_length(value.size(), format.flexible);
    for (const auto& element : value) {
        write_field(writer, element, format);
    }
}

inline void write_null(Writer& writer, const std::string_view&, bool flexible) {
    writer.string({}, flexible);
}
inline void write_null(Writer& writer, const std::string&, bool flexible) {
    writer.string({}, flexible);
}
template <class T>
void write_null(Writer& writer, const T&, bool flexible) {
    writer.array_length({}, flexible);
}

/// In a version where the field cannot be null, a null is written as empty.
template <Sized T>
void write_nullable(Writer& writer, const std::optional<T>& value, Format format, bool nullable) {
    if (value) {
        write_field(writer, *value, format);
    } else if (nullable) {
        write_null(writer, T(), format.flexible);
    } else {
        write_field(writer, T(), format);
    }
}
template <Struct T>
void write_nullable(Writer& writer, const std::optional<T>& value, Format format, bool nullable) {
    if (nullable) {
        writer.integer<std::int8_t>(value ? 1 : -1);
    }
    if (value) {
        value->write(writer, format.version);
    } else if (!nullable) {
        T().write(writer, format.version);
    }
}

/// The tagged fields of one struct on their way out, known and unknown ones merged in the order of their tags.
class TaggedFields {
public:
    explicit TaggedFields(const UnknownTags& unknown) : unknown_(unknown) {}

    template <class T>
    void add(std::uint32_t tag, const T& value, Format format) {
        Writer writer;
        write_field(writer, value, format);
        known_.push_back({tag, std::move(writer.bytes())});
    }
    template <class T>
    void add(std::uint32_t tag, const std::optional<T>& value, Format format, bool nullable) {
        Writer writer;
        write_nullable(writer, value, format, nullable);
        known_.push_back({tag, std::move(writer.bytes())});
    }
    void write(Writer& writer) const {
        writer.unsigned_varint(known_.size() + unknown_.size());
        auto unknown = unknown_.begin();
        for (const UnknownTag& known : known_) {
            for (; unknown != unknown_.end() && unknown->tag < known.tag; ++unknown) {
                writer.tag(unknown->tag, unknown->data);
            }
            writer.tag(known.tag, known.data);
        }
        for (; unknown != unknown_.end(); ++unknown) {
            writer.tag(unknown->tag, unknown->data);
        }
    }

private:
    const UnknownTags& unknown_;
    std::vector<UnknownTag> known_;
};

}  // namespace barnabas
