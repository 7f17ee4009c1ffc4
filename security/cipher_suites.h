#pragma once

#include <span>
#include <string>

#include "model/error.h"

namespace barnabas {

/// OpenSSL's two lists of cipher suites: those of TLS 1.2, and those of TLS 1.3.
struct CipherLists {
    std::string up_to_tls12;
    std::string tls13;
};

/// Of Java's names, in their order: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", also with SSL_
/// for TLS_. Errors: invalid_config, with the names that nobody knows.
[[nodiscard]] Expected<CipherLists> cipher_lists(std::span<const std::string> names);

}  // namespace barnabas
