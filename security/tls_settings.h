#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes.h"
#include "model/error.h"

namespace barnabas {

/// A key store or trust store as Kafka's settings name it. Passwords and keys are never shown.
struct StoreSettings {
    std::string type = "JKS";                   ///< "JKS", "PKCS12" or "PEM"
    std::optional<std::string> location{};      ///< the file
    std::optional<std::string> password{};      ///< of the store
    std::optional<std::string> key{};           ///< `ssl.keystore.key`: the private key itself, as PEM
    std::optional<std::string> certificates{};  ///< the chain or the trusted certificates themselves, as PEM

    bool operator==(const StoreSettings&) const = default;
};

/// What Kafka's `ssl.` settings say, of a server or a client. A value.
struct TlsSettings {
    StoreSettings key_store;
    std::optional<std::string> key_password{};
    StoreSettings trust_store;
    std::vector<std::string> protocols{"TLSv1.2", "TLSv1.3"};
    std::vector<std::string> cipher_suites{};  ///< in Java's spelling; empty: what is considered safe
    std::string client_auth = "none";          ///< "none", "requested" or "required"
    std::string principal_rules = "DEFAULT";
    bool check_host_name = true;  ///< of a server, by a client
    bool operator==(const TlsSettings&) const = default;
};

/// What is written for a key, "ssl.keystore.location" for example; nothing where it is not.
using LookUpSetting = std::function<std::optional<std::string>(std::string_view key)>;

/// The settings as they are written under Kafka's keys, with its defaults for what is not. Errors: invalid_config.
[[nodiscard]] Expected<TlsSettings> read_tls_settings(const LookUpSetting& look_up);

/// How the files that settings name are read. Errors: words that name the file.
using ReadFile = std::function<Expected<Bytes>(const std::string& path)>;

}  // namespace barnabas
