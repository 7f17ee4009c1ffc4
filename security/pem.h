#pragma once

#include <optional>
#include <string_view>

#include "model/error.h"
#include "security/openssl.h"

namespace barnabas {

/// The certificates that stand in PEM, in their order; whatever else stands there is passed over. Errors:
/// invalid_config, with `what` (a file or a setting) at the front; also when there is none.
[[nodiscard]] Expected<Certificates> read_pem_certificates(std::string_view what, BytesView pem);

/// The first private key, which may be encrypted with `password`. Errors: invalid_config.
[[nodiscard]] Expected<PrivateKeyPtr> read_pem_key(
    std::string_view what, BytesView pem, const std::optional<std::string>& password
);

}  // namespace barnabas
