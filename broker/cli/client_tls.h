#pragma once

#include <expected>
#include <memory>
#include <string>

#include "cli/client_properties.h"
#include "common/bytes.h"
#include "model/error.h"

namespace barnabas {

class TlsContext;

/// What `security.protocol` and Kafka's `ssl.` settings of clients say; null where they ask for no TLS. Reads the files
/// that they name. Errors are sentences.
[[nodiscard]] std::expected<std::shared_ptr<const TlsContext>, std::string> client_tls(ClientProperties& properties);

/// Errors: invalid_config, in words that name the file.
[[nodiscard]] Expected<Bytes> read_named_file(const std::string& path);

}  // namespace barnabas
