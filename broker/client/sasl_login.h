#pragma once

#include <functional>
#include <memory>
#include <string>

#include "security/sasl_client.h"

namespace barnabas {

/// Begins an authentication to `host`; once for each connection. May block for a moment, to fetch a token.
using SaslLogin = std::function<Expected<std::unique_ptr<SaslClient>>(const std::string& host)>;

/// What a client's `sasl.` settings say, by Kafka's names.
struct SaslSettings {
    std::string mechanism;           ///< `sasl.mechanism`
    std::string jaas;                ///< `sasl.jaas.config`
    std::string token_url = {};      ///< `sasl.oauthbearer.token.endpoint.url`
    std::string client_id = {};      ///< `sasl.oauthbearer.client.credentials.client.id`
    std::string client_secret = {};  ///< `sasl.oauthbearer.client.credentials.client.secret`
    std::string scope = {};          ///< `sasl.oauthbearer.scope`
    std::string service = {};        ///< `sasl.kerberos.service.name`
};

/// Errors: invalid_config, which shows no password.
[[nodiscard]] Expected<SaslLogin> make_sasl_login(SaslSettings settings);

}  // namespace barnabas
