#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "security/scram_credential.h"

namespace barnabas {

/// A user who is made together with a cluster.
struct ScramArgument {
    std::string user;
    ScramMechanism mechanism;
    ScramCredential credential;
};

/// Reads 'SCRAM-SHA-256=[name=alice,password=secret]', as kafka-storage's --add-scram has it: `iterations` may be
/// there, and `salt`, in base64; without it `fallback_salt` is taken. `saltedpassword`, in base64 and with its salt,
/// may stand in the place of the password. A value may be in quotes; it has no comma. Errors are sentences, which show
/// no value.
[[nodiscard]] std::expected<ScramArgument, std::string> parse_scram_argument(
    std::string_view text, BytesView fallback_salt
);

}  // namespace barnabas
