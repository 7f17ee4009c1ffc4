#pragma once

#include <string>
#include <string_view>

#include "common/bytes.h"

namespace barnabas {

/// What proves a delegation token (KIP-48): HMAC-SHA512 of its id by `delegation.token.secret.key`. In base64 it is the
/// password with which the token authenticates by SCRAM.
[[nodiscard]] Bytes delegation_token_hmac(std::string_view secret_key, std::string_view token_id);

}  // namespace barnabas
