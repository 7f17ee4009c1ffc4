#pragma once

#include "io/file.h"
#include "model/error.h"

namespace barnabas {

/// A disk's refusal at the log's boundary: kafka_storage_error with the operation, the file and the reason.
[[nodiscard]] inline Error storage_error(const IoError& error) {
    return {ErrorCode::kafka_storage_error, error.text()};
}
[[nodiscard]] inline std::unexpected<Error> storage_failure(const IoError& error) {
    return std::unexpected(storage_error(error));
}

}  // namespace barnabas
