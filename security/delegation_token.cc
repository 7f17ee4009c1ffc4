#include "security/delegation_token.h"

#include "security/scram_digest.h"

namespace barnabas {

Bytes delegation_token_hmac(std::string_view secret_key, std::string_view token_id) {
    return scram_hmac(ScramMechanism::sha_512, as_bytes(secret_key), token_id);
}

}  // namespace barnabas
