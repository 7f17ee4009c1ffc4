#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/bytes.h"
#include "model/error.h"

namespace barnabas {

/// What Java's key store format JKS holds: certificates in DER, and private keys under Sun's protection.
struct Jks {
    struct Key {
        std::string alias;
        Bytes protected_key;       ///< an EncryptedPrivateKeyInfo in DER; see `unprotect_jks_key`
        std::vector<Bytes> chain;  ///< the certificate of the key first
    };
    std::vector<Key> keys;
    std::vector<Bytes> trusted;
};

/// Whether `file` begins as a JKS file does.
[[nodiscard]] bool looks_like_jks(BytesView file);

/// Reads a JKS file, and checks its digest with `password` unless that is empty, as Java does. Errors: invalid_config,
/// in words that follow the file's name; none shows the password.
[[nodiscard]] Expected<Jks> read_jks(BytesView file, std::string_view password);

/// The private key as PKCS#8 in DER. Errors: invalid_config.
[[nodiscard]] Expected<Bytes> unprotect_jks_key(BytesView protected_key, std::string_view password);

}  // namespace barnabas
