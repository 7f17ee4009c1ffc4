#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes.h"
#include "model/error.h"

struct evp_pkey_st;

namespace barnabas {

/// The public keys of who signs tokens: a JSON Web Key Set (RFC 7517). Keys that are not for signatures, or of kinds
/// that are not known, are left out. A value; any thread may use it.
class Jwks {
public:
    /// Errors: invalid_config, when the text is no key set, or has no key that can be used.
    [[nodiscard]] static Expected<Jwks> parse(std::string_view json);

    [[nodiscard]] bool has_key(std::string_view key_id) const;

    /// Whether `signature` of `text` is that of one of the keys by `algorithm` (RS256, RS384, RS512, PS256, PS384,
    /// PS512, ES256, ES384, ES512). Only the key called `key_id` is tried, if any is named; else all of them.
    [[nodiscard]] bool verify(
        std::string_view algorithm, std::string_view key_id, std::string_view text, BytesView signature
    ) const;

private:
    struct Key {
        std::string id;
        std::string algorithm;  ///< empty for any that suits the key
        bool elliptic = false;
        int bits = 0;
        std::shared_ptr<evp_pkey_st> key;
    };
    static std::optional<Key> read_key(std::string_view json);

    std::vector<Key> keys_;
};

}  // namespace barnabas
