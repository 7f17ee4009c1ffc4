#pragma once

#include <boost/json.hpp>
#include <span>
#include <string_view>

#include "common/bytes.h"
#include "model/error.h"
#include "protocol/version_range.h"

namespace barnabas {

enum class MessageKind : std::uint8_t { request, response, header, data, metadata, coordinator_key, coordinator_value };

/// A message by name, for tools that meet messages they do not know at compile time.
struct JsonMessage {
    std::string_view name;
    MessageKind kind;
    std::int16_t id;  ///< API key or record type, -1 where the message has none
    VersionRange versions;
    /// The bytes as JSON. Errors as `decode`.
    Expected<boost::json::value> (*to_json)(BytesView bytes, std::int16_t version);
    /// The JSON as bytes. Errors: invalid_request, with the field.
    Expected<Bytes> (*to_bytes)(const boost::json::value& json, std::int16_t version);
    /// Decodes and encodes again: unknown tagged fields survive.
    Expected<Bytes> (*reencode)(BytesView bytes, std::int16_t version);
};

/// Every message, in the order of the schema files.
[[nodiscard]] std::span<const JsonMessage> message_table();

}  // namespace barnabas
