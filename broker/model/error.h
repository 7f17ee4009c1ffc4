#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace barnabas {

/// Kafka's error codes, as they stand in answers.
enum class ErrorCode : std::int16_t {
#define ERROR(name, code, retriable, text) name = code,
#include "model/errors.def"
#undef ERROR
};

/// Kafka's code for the peer, and words for a person: what was wrong, where, and what to do.
struct Error {
    ErrorCode code = ErrorCode::unknown_server_error;
    std::string detail;

    bool operator==(const Error&) const = default;
};

template <class T>
using Expected = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
    return std::unexpected(Error{code, std::move(detail)});
}

/// Kafka's spelling: "UNKNOWN_TOPIC_OR_PARTITION"; "UNKNOWN_SERVER_ERROR" for a code that Kafka does not have.
[[nodiscard]] std::string_view name(ErrorCode code);

/// One sentence on what the code means.
[[nodiscard]] std::string_view text(ErrorCode code);

/// Whether a client may succeed by trying again.
[[nodiscard]] bool retriable(ErrorCode code);

}  // namespace barnabas
