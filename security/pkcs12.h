#pragma once

#include <string>

#include "model/error.h"
#include "security/openssl.h"

namespace barnabas {

/// What stands in a PKCS #12 file: perhaps a private key, and certificates in no order that means anything.
struct Pkcs12 {
    PrivateKeyPtr key;
    Certificates certificates;
};

/// Also with the encryption that Java used until version 16 (RC2). Errors: invalid_config, in words that follow the
/// file's name.
[[nodiscard]] Expected<Pkcs12> read_pkcs12(BytesView file, const std::string& password);

}  // namespace barnabas
