#pragma once

#include "common/bytes.h"
#include "security/scram_credential.h"

namespace barnabas {

/// Bytes of the mechanism's keys.
[[nodiscard]] std::size_t scram_key_size(ScramMechanism mechanism);
[[nodiscard]] Bytes scram_hash(ScramMechanism mechanism, BytesView bytes);
[[nodiscard]] Bytes scram_hmac(ScramMechanism mechanism, BytesView key, std::string_view text);

/// Compares in a time that depends on the length of `given` alone, which whoever gives it knows anyway.
[[nodiscard]] bool equal_secrets(BytesView kept, BytesView given);

/// `size` characters of [0-9a-zA-Z] that nobody can foresee.
[[nodiscard]] std::string unforeseeable_text(std::size_t size);
[[nodiscard]] Bytes unforeseeable_bytes(std::size_t size);

}  // namespace barnabas
