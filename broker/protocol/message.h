#pragma once

#include <fmt/format.h>

#include "model/error.h"
#include "protocol/reader.h"
#include "protocol/version_range.h"
#include "protocol/writer.h"

namespace barnabas {

/// What the generator makes of a schema: a struct of the fields of all versions, with `read` and `write` for one.
template <class M>
concept Message = requires(M& message, const M& constant, Reader& reader, Writer& writer, std::int16_t version) {
    { M::versions.contains(version) } -> std::same_as<bool>;
    message.read(reader, version);
    constant.write(writer, version);
};

/// The message at the front of `body`; bytes that follow it are ignored, as Kafka does. Views in it point into `body`.
/// Errors: unsupported_version; invalid_request with the byte at which the body stops making sense.
template <Message M>
[[nodiscard]] Expected<M> decode(BytesView body, std::int16_t version) {
    if (!M::versions.contains(version)) {
        return fail(
            ErrorCode::unsupported_version,
            fmt::format(
                "{} has versions {} to {}, not {}", M::message_name, M::versions.first, M::versions.last, version
            )
        );
    }
    M message;
    Reader reader(body);
    message.read(reader, version);
    if (reader.failed()) {
        return fail(
            ErrorCode::invalid_request, fmt::format("{} version {}: {}", M::message_name, version, reader.error())
        );
    }
    return message;
}

template <Message M>
[[nodiscard]] Payload encode_payload(const M& message, std::int16_t version) {
    Writer writer;
    message.write(writer, version);
    return std::move(writer).finish();
}

/// The message as bytes; it must not hold file slices.
template <Message M>
[[nodiscard]] Bytes encode(const M& message, std::int16_t version) {
    return flatten(encode_payload(message, version));
}

/// The version of the header before a request or response body of this version: 2 (1 for responses) with tagged fields,
/// 1 (0) without. ApiVersions responses always have 0, so that a client of any age can read them (KIP-511).
template <Message M>
[[nodiscard]] constexpr bool is_flexible(std::int16_t version) {
    return version >= M::first_flexible_version;
}

}  // namespace barnabas
