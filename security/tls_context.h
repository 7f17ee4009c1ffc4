#pragma once

#include <memory>
#include <optional>

#include "security/openssl.h"
#include "security/principal_rules.h"
#include "security/tls_settings.h"

namespace barnabas {

using SslPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

/// Keys, trust and rules of one listener or client, ready for connections. Does not change; any thread.
class TlsContext {
public:
    /// Errors: invalid_config, in words that name the setting and the file.
    [[nodiscard]] static Expected<std::shared_ptr<const TlsContext>> server(
        const TlsSettings& settings, const ReadFile& read
    );
    /// Without a trust store it trusts whom this machine trusts.
    [[nodiscard]] static Expected<std::shared_ptr<const TlsContext>> client(
        const TlsSettings& settings, const ReadFile& read
    );

    /// A connection that is about to be accepted. It keeps what it needs of this context.
    [[nodiscard]] SslPtr accept() const;
    /// A connection to `host`, a name or an address, which the peer's certificate must be for if the settings say so.
    [[nodiscard]] SslPtr connect(const std::string& host) const;

    /// The subject and the alternative names of the certificate that is shown; empty without one.
    [[nodiscard]] const std::string& subject() const { return subject_; }
    [[nodiscard]] const std::vector<std::string>& alternative_names() const { return alternative_names_; }
    /// Its dates, for the log.
    [[nodiscard]] const std::string& description() const { return description_; }

    /// "User:" and the name that the mapping rules give to the peer's certificate, "User:ANONYMOUS" without one.
    /// Errors: sasl_authentication_failed.
    [[nodiscard]] Expected<std::string> principal_of(const SSL& connection) const;

private:
    TlsContext() = default;
    static Expected<std::shared_ptr<TlsContext>> make(
        const TlsSettings& settings, const ReadFile& read, const SSL_METHOD* method
    );
    [[nodiscard]] Expected<void> set_versions(const TlsSettings& settings);
    [[nodiscard]] Expected<void> use_key(const TlsSettings& settings, const ReadFile& read);
    [[nodiscard]] Expected<void> use_trust(const TlsSettings& settings, const ReadFile& read);

    SslContextPtr context_;
    std::optional<PrincipalRules> rules_;
    std::string subject_;
    std::vector<std::string> alternative_names_;
    std::string description_;
    bool check_host_name_ = true;
};

/// The subject of the peer's certificate; empty without one.
[[nodiscard]] std::string peer_subject(const SSL& connection);

}  // namespace barnabas
