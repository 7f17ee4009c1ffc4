#pragma once

#include "security/openssl.h"
#include "security/tls_settings.h"

namespace barnabas {

/// A private key, and the certificates that belong to it, its own first.
struct KeyEntry {
    PrivateKeyPtr key;
    Certificates chain;
};

/// The key that the settings name; nothing when they name none. The key and its certificate match. Errors:
/// invalid_config, in words that name the setting and the file.
[[nodiscard]] Expected<std::optional<KeyEntry>> read_key_store(const TlsSettings& settings, const ReadFile& read);

/// The trusted certificates; nothing when the settings name none. Errors: invalid_config.
[[nodiscard]] Expected<std::optional<Certificates>> read_trust_store(const StoreSettings& store, const ReadFile& read);

/// What the content of a file or setting means; `what` begins the words of an error.
[[nodiscard]] Expected<KeyEntry> parse_key_store(
    std::string_view what, BytesView content, const StoreSettings& store, const std::optional<std::string>& key_password
);
[[nodiscard]] Expected<Certificates> parse_trust_store(
    std::string_view what, BytesView content, const StoreSettings& store
);

}  // namespace barnabas
