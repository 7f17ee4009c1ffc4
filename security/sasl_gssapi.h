#pragma once

#include <memory>
#include <string>

#include "security/kerberos_rules.h"
#include "security/sasl_client.h"
#include "security/sasl_exchange.h"

namespace barnabas {

/// A service as Kerberos knows it, "kafka/broker.example.com@EXAMPLE.COM", and the file with its key.
struct KerberosService {
    std::string service;
    std::string host;
    std::string realm;
    std::string keytab;

    bool operator==(const KerberosService&) const = default;
};

/// Kerberos (RFC 4752) by Cyrus SASL, without its layers that encrypt, as Kafka uses it. A process has one keytab for
/// all its exchanges: that is how MIT's library keeps it. Any thread may begin and step exchanges of its own.
class GssapiServer {
public:
    /// Errors: invalid_config, when the libraries are not installed, or another keytab is in use.
    [[nodiscard]] static Expected<std::shared_ptr<const GssapiServer>> open(
        KerberosService service, KerberosRules rules
    );

    /// Keeps `self` as long as the exchange lasts.
    [[nodiscard]] static std::unique_ptr<SaslExchange> begin(std::shared_ptr<const GssapiServer> self);

    [[nodiscard]] const KerberosService& service() const { return service_; }
    [[nodiscard]] const KerberosRules& rules() const { return rules_; }

    GssapiServer(KerberosService service, KerberosRules rules)
        : service_(std::move(service)), rules_(std::move(rules)) {}

private:
    KerberosService service_;
    KerberosRules rules_;
};

/// `keytab` may be empty: then the tickets are those of kinit. Errors: invalid_config.
[[nodiscard]] Expected<std::unique_ptr<SaslClient>> make_gssapi_client(
    const std::string& service, const std::string& host, const std::string& keytab
);

}  // namespace barnabas
