#include "client/sasl_login.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "client/web_page.h"
#include "common/base64.h"
#include "common/clock.h"
#include "security/bearer_token.h"
#include "security/jaas.h"
#include "security/sasl_gssapi.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

using Login = Expected<std::unique_ptr<SaslClient>>;

constexpr std::size_t nonce_size = 26;

std::unexpected<Error> no_login(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

Expected<SaslLogin> with_password(const JaasEntry& entry, const std::string& mechanism) {
    const UserPassword login{std::string(entry.option("username")), std::string(entry.option("password"))};
    if (login.user.empty() || login.password.empty()) {
        return no_login("sasl.jaas.config: it needs username=\"...\" and password=\"...\"");
    }
    if (mechanism == "PLAIN") {
        return SaslLogin([login](const std::string&) -> Login { return make_plain_client(login); });
    }
    const ScramMechanism scram = *scram_mechanism(mechanism);
    const bool by_token = entry.option("tokenauth") == "true";
    return SaslLogin([=](const std::string&) -> Login {
        return make_scram_client(scram, login, by_token, unforeseeable_text(nonce_size));
    });
}

std::string form_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view("-_.~").find(c) != std::string_view::npos;
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

/// The grant of client credentials (RFC 6749), or a file that holds a token.
Login fetch_token(const SaslSettings& settings) {
    const bool file = settings.token_url.starts_with("file:");
    WebRequest request{.url = settings.token_url};
    if (!file) {
        const std::string credentials = fmt::format("{}:{}", settings.client_id, settings.client_secret);
        request.headers = {
            {"Authorization", "Basic " + encode_base64(as_bytes(credentials), Base64::standard)},
            {"Accept", "application/json"}
        };
        request.form = "grant_type=client_credentials";
        if (!settings.scope.empty()) {
            request.form += "&scope=" + form_encoded(settings.scope);
        }
    }
    auto page = fetch_web_page(request);
    if (!page) {
        return std::unexpected(std::move(page.error()));
    }
    if (file) {
        while (!page->empty() && static_cast<unsigned char>(page->back()) <= ' ') {
            page->pop_back();
        }
        return make_oauthbearer_client(*std::move(page));
    }
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(*page, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* token = object != nullptr ? object->if_contains("access_token") : nullptr;
    if (token == nullptr || !token->is_string()) {
        return fail(
            ErrorCode::sasl_authentication_failed,
            "sasl.oauthbearer.token.endpoint.url: the answer holds no access_token"
        );
    }
    return make_oauthbearer_client(std::string(token->get_string().data(), token->get_string().size()));
}

Expected<SaslLogin> with_token(const JaasEntry& entry, SaslSettings settings) {
    const auto take = [&](std::string& into, std::string_view option) {
        if (into.empty()) {
            into = entry.option(option);
        }
    };
    take(settings.client_id, "clientId");
    take(settings.client_secret, "clientSecret");
    take(settings.scope, "scope");
    if (!settings.token_url.empty()) {
        if (!settings.token_url.starts_with("file:") &&
            (settings.client_id.empty() || settings.client_secret.empty())) {
            return no_login(
                "sasl.oauthbearer.client.credentials.client.id and .client.secret must be set, to ask "
                "sasl.oauthbearer.token.endpoint.url for a token"
            );
        }
        return SaslLogin([settings](const std::string&) { return fetch_token(settings); });
    }
    std::vector<std::pair<std::string, std::string>> claims;
    for (const auto& [key, value] : entry.options) {
        constexpr std::string_view prefix = "unsecuredLoginStringClaim_";
        if (key.starts_with(prefix)) {
            claims.emplace_back(key.substr(prefix.size()), value);
        }
    }
    if (claims.empty()) {
        return no_login("sasl.oauthbearer.token.endpoint.url must be set, where the token comes from");
    }
    return SaslLogin([claims](const std::string&) -> Login {
        return make_oauthbearer_client(unsecured_bearer_token(claims, system_clock().timestamp(), std::chrono::hours(1))
        );
    });
}

Expected<SaslLogin> with_kerberos(const JaasEntry& entry, const SaslSettings& settings) {
    const std::string service = settings.service.empty() ? std::string(entry.option("serviceName")) : settings.service;
    if (service.empty()) {
        return no_login("sasl.kerberos.service.name must be set: the first part of the broker's principal, as kafka");
    }
    const std::string keytab(entry.option("useKeyTab") == "true" ? entry.option("keyTab") : "");
    return SaslLogin([=](const std::string& host) { return make_gssapi_client(service, host, keytab); });
}

}  // namespace

Expected<SaslLogin> make_sasl_login(SaslSettings settings) {
    const std::string mechanism = settings.mechanism;
    const std::string_view module = mechanism == "PLAIN"         ? "PlainLoginModule"
                                    : mechanism == "OAUTHBEARER" ? "OAuthBearerLoginModule"
                                    : mechanism == "GSSAPI"      ? "Krb5LoginModule"
                                    : scram_mechanism(mechanism) ? "ScramLoginModule"
                                                                 : "";
    if (module.empty()) {
        return no_login(fmt::format(
            "sasl.mechanism: {} is not supported; PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER and GSSAPI are",
            mechanism
        ));
    }
    const auto entry = parse_jaas(settings.jaas);
    if (!entry) {
        return no_login(fmt::format("sasl.jaas.config: {}", entry.error().detail));
    }
    if (entry->short_name() != module) {
        return no_login(fmt::format("sasl.jaas.config: {} needs a {}", mechanism, module));
    }
    if (mechanism == "GSSAPI") {
        return with_kerberos(*entry, settings);
    }
    return mechanism == "OAUTHBEARER" ? with_token(*entry, std::move(settings)) : with_password(*entry, mechanism);
}

}  // namespace barnabas
