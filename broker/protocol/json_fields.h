#pragma once

#include <boost/json.hpp>
#include <cmath>
#include <deque>
#include <limits>

#include "common/base64.h"
#include "protocol/fields.h"

namespace barnabas {

/// JSON as Apache Kafka's converters write it: names in lower camel case, UUIDs and bytes in base64, null for null.
///
/// Reading back never throws: what does not fit sets `error`, which names the field.
/// Views in the message point into the JSON or into `held`: both must outlive it.
struct JsonReader {
    std::string error;
    std::deque<Bytes> held;

    void fail(std::string_view field, std::string_view wanted) {
        if (error.empty()) {
            error = std::string(field) + ": " + std::string(wanted) + " wanted";
        }
    }
};

template <std::integral T>
boost::json::value json_of(T value, Format) {
    return static_cast<std::int64_t>(value);
}
inline boost::json::value json_of(bool value, Format) {
    return value;
}
inline boost::json::value json_of(double value, Format) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "Infinity" : "-Infinity";
    }
    return value;
}
inline boost::json::value json_of(const Uuid& value, Format) {
    return boost::json::string(value.text());
}
inline boost::json::value json_of(ErrorCode value, Format) {
    return static_cast<std::int16_t>(value);
}
inline boost::json::value json_of(std::string_view value, Format) {
    return boost::json::string(value);
}
inline boost::json::value json_of(BytesView value, Format) {
    return boost::json::string(encode_base64(value, Base64::standard));
}
inline boost::json::value json_of(const Bytes& value, Format format) {
    return json_of(BytesView(value), format);
}
inline boost::json::value json_of(const RecordBytes& value, Format format) {
    return json_of(value.bytes(), format);
}
template <Struct T>
boost::json::value json_of(const T& value, Format format) {
    return write_json(value, format.version);
}
template <class T>
boost::json::value json_of(const std::vector<T>& values, Format format) {
    boost::json::array array;
    array.reserve(values.size());
    for (const auto& value : values) {
        array.push_back(json_of(value, format));
    }
    return array;
}
template <class T>
boost::json::value json_of(const std::optional<T>& value, Format format) {
    return value ? json_of(*value, format) : boost::json::value();
}

template <std::integral T>
void from_json(JsonReader& reader, std::string_view field, const boost::json::value& json, T& value, Format) {
    boost::system::error_code error;
    value = json.to_number<T>(error);
    if (error) {
        reader.fail(field, "a number in range");
    }
}
inline void from_json(JsonReader& reader, std::string_view field, const boost::json::value& json, bool& value, Format) {
    if (!json.is_bool()) {
        return reader.fail(field, "true or false");
    }
    value = json.as_bool();
}
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, double& value, Format
) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (json.is_string()) {
        const auto& text = json.as_string();
        value = text == "Infinity" ? infinity : text == "-Infinity" ? -infinity : std::nan("");
        return;
    }
    boost::system::error_code error;
    value = json.to_number<double>(error);
    if (error) {
        reader.fail(field, "a number");
    }
}
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, ErrorCode& value, Format format
) {
    std::int16_t code = 0;
    from_json(reader, field, json, code, format);
    value = static_cast<ErrorCode>(code);
}
inline void from_json(JsonReader& reader, std::string_view field, const boost::json::value& json, Uuid& value, Format) {
    const auto parsed = json.is_string() ? Uuid::parse(std::string_view(json.as_string())) : std::nullopt;
    if (!parsed) {
        return reader.fail(field, "a UUID in base64");
    }
    value = *parsed;
}
/// The text or bytes stay in `json`, which must outlive the message where the field is a view.
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, std::string_view& value, Format
) {
    if (!json.is_string()) {
        return reader.fail(field, "a string");
    }
    value = std::string_view(json.as_string());
}
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, std::string& value, Format format
) {
    std::string_view view;
    from_json(reader, field, json, view, format);
    value = view;
}
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, Bytes& value, Format
) {
    auto decoded =
        json.is_string() ? decode_base64(std::string_view(json.as_string()), Base64::standard) : std::nullopt;
    if (!decoded) {
        return reader.fail(field, "bytes in base64");
    }
    value = *std::move(decoded);
}

inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, BytesView& value, Format format
) {
    Bytes bytes;
    from_json(reader, field, json, bytes, format);
    value = reader.held.emplace_back(std::move(bytes));
}
inline void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, RecordBytes& value, Format format
) {
    BytesView view;
    from_json(reader, field, json, view, format);
    value = RecordBytes(view);
}
template <Struct T>
void from_json(JsonReader& reader, std::string_view field, const boost::json::value& json, T& value, Format format) {
    if (!json.is_object()) {
        return reader.fail(field, "an object");
    }
    read_json(reader, json.as_object(), value, format.version);
}
template <class T>
void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, std::vector<T>& values, Format format
) {
    if (!json.is_array()) {
        return reader.fail(field, "an array");
    }
    values.clear();
    for (const auto& each : json.as_array()) {
        from_json(reader, field, each, values.emplace_back(), format);
    }
}
template <class T>
void from_json(
    JsonReader& reader, std::string_view field, const boost::json::value& json, std::optional<T>& value, Format format
) {
    value.reset();
    if (!json.is_null()) {
        from_json(reader, field, json, value.emplace(), format);
    }
}

/// Sets `value` from the member `field`, if `object` has it.
template <class T>
void read_member(
    JsonReader& reader, const boost::json::object& object, std::string_view field, T& value, Format format
) {
    if (const boost::json::value* member = object.if_contains(field)) {
        from_json(reader, field, *member, value, format);
    }
}

}  // namespace barnabas
