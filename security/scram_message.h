#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/bytes.h"

namespace barnabas {

// The messages of SCRAM (RFC 5802), without channel binding. Each is read whole or not at all.

/// "n,,n=user,r=nonce,tokenauth=true"
struct ScramClientFirst {
    std::string header;  ///< "n,," and an authorization id, if any, as sent
    std::string bare;    ///< what follows
    std::string authorization;
    std::string user;
    std::string nonce;
    std::map<std::string, std::string, std::less<>> extensions;

    [[nodiscard]] std::string text() const { return header + bare; }
};
[[nodiscard]] std::optional<ScramClientFirst> parse_scram_client_first(std::string_view text);

/// "r=nonce,s=salt,i=4096"
struct ScramServerFirst {
    std::string nonce;
    Bytes salt;
    int iterations = 0;

    [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<ScramServerFirst> parse_scram_server_first(std::string_view text);

/// "c=biws,r=nonce,p=proof"
struct ScramClientFinal {
    std::string without_proof;  ///< as sent
    Bytes header;               ///< of the first message, once more
    std::string nonce;
    Bytes proof;

    [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<ScramClientFinal> parse_scram_client_final(std::string_view text);

/// "v=signature", or an error's word behind "e=".
struct ScramServerFinal {
    Bytes signature;
    std::string error;
};
[[nodiscard]] std::optional<ScramServerFinal> parse_scram_server_final(std::string_view text);

/// "," and "=" in names are written "=2C" and "=3D".
[[nodiscard]] std::string to_sasl_name(std::string_view name);
[[nodiscard]] std::optional<std::string> from_sasl_name(std::string_view text);

}  // namespace barnabas
