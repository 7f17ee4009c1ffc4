#pragma once

#include "protocol/json_fields.h"
#include "protocol/message.h"
#include "protocol/message_table.h"

namespace barnabas {

template <class M>
constexpr std::int16_t id_of() {
    if constexpr (requires { M::api_key; }) {
        return M::api_key;
    } else {
        return -1;
    }
}

/// The row of message M in the table.
template <Message M>
JsonMessage json_row(MessageKind kind) {
    return {
        M::message_name,
        kind,
        id_of<M>(),
        M::versions,
        [](BytesView bytes, std::int16_t version) -> Expected<boost::json::value> {
            const auto message = decode<M>(bytes, version);
            if (!message) {
                return std::unexpected(message.error());
            }
            return write_json(*message, version);
        },
        [](const boost::json::value& json, std::int16_t version) -> Expected<Bytes> {
            M message;
            JsonReader reader;
            from_json(reader, M::message_name, json, message, Format{version, is_flexible<M>(version)});
            if (!reader.error.empty()) {
                return fail(ErrorCode::invalid_request, reader.error);
            }
            return encode(message, version);
        },
        [](BytesView bytes, std::int16_t version) -> Expected<Bytes> {
            const auto message = decode<M>(bytes, version);
            if (!message) {
                return std::unexpected(message.error());
            }
            return encode(*message, version);
        }
    };
}

}  // namespace barnabas
