#include "security/tls_settings.h"

#include <algorithm>
#include <cctype>

namespace barnabas {

namespace {

std::string in_capital_letters(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// The words between commas.
std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == ',') {
            words.emplace_back();
        } else if (c != ' ') {
            words.back() += c;
        }
    }
    std::erase(words, "");
    return words;
}

}  // namespace

Expected<TlsSettings> read_tls_settings(const LookUpSetting& look_up) {
    TlsSettings settings;
    settings.key_store = {
        .type = in_capital_letters(look_up("ssl.keystore.type").value_or("JKS")),
        .location = look_up("ssl.keystore.location"),
        .password = look_up("ssl.keystore.password"),
        .key = look_up("ssl.keystore.key"),
        .certificates = look_up("ssl.keystore.certificate.chain")
    };
    settings.key_password = look_up("ssl.key.password");
    settings.trust_store = {
        .type = in_capital_letters(look_up("ssl.truststore.type").value_or("JKS")),
        .location = look_up("ssl.truststore.location"),
        .password = look_up("ssl.truststore.password"),
        .certificates = look_up("ssl.truststore.certificates")
    };
    if (const auto protocols = look_up("ssl.enabled.protocols")) {
        settings.protocols = listed(*protocols);
    }
    if (const auto suites = look_up("ssl.cipher.suites")) {
        settings.cipher_suites = listed(*suites);
    }
    settings.client_auth = look_up("ssl.client.auth").value_or(settings.client_auth);
    settings.principal_rules = look_up("ssl.principal.mapping.rules").value_or(settings.principal_rules);
    const auto identification = in_capital_letters(look_up("ssl.endpoint.identification.algorithm").value_or("HTTPS"));
    if (identification != "HTTPS" && !identification.empty()) {
        return fail(
            ErrorCode::invalid_config,
            "ssl.endpoint.identification.algorithm must be https, or empty, and names are not checked"
        );
    }
    settings.check_host_name = !identification.empty();
    return settings;
}

}  // namespace barnabas
