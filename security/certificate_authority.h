#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "security/key_store.h"

namespace barnabas {

/// What a certificate is to say.
struct CertificateWish {
    std::string name;                  ///< the subject's common name
    std::string organization{};        ///< may be empty
    std::vector<std::string> hosts{};  ///< alternative names: of hosts, and addresses
    bool server = false;               ///< may show it as a server
    bool client = false;               ///< may show it as a client
    std::chrono::sys_seconds not_before{};
    std::chrono::sys_seconds not_after{};
};

/// Makes certificates: for a first set-up and for tests. Keys are of ECDSA with P-256.
class CertificateAuthority {
public:
    /// A new one, which trusts itself. Errors: unknown_server_error, with OpenSSL's words.
    [[nodiscard]] static Expected<CertificateAuthority> make(const CertificateWish& wish);
    /// One that was made before.
    [[nodiscard]] static Expected<CertificateAuthority> load(KeyEntry own);

    /// A key with a certificate that this authority signed, and the authority's own behind it.
    [[nodiscard]] Expected<KeyEntry> issue(const CertificateWish& wish) const;

    [[nodiscard]] const KeyEntry& own() const { return own_; }

private:
    explicit CertificateAuthority(KeyEntry own) : own_(std::move(own)) {}
    KeyEntry own_;
};

[[nodiscard]] std::string to_pem(const X509& certificate);
/// As PKCS#8, encrypted if there is a password.
[[nodiscard]] std::string to_pem(const EVP_PKEY& key, const std::string& password = {});
/// A PKCS #12 file that Java reads: the key with its chain.
[[nodiscard]] Expected<Bytes> to_pkcs12(const KeyEntry& entry, const std::string& alias, const std::string& password);
/// The same of trusted certificates alone.
[[nodiscard]] Expected<Bytes> to_pkcs12(const Certificates& trusted, const std::string& password);

}  // namespace barnabas
