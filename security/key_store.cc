#include "security/key_store.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "security/certificate.h"
#include "security/jks.h"
#include "security/pem.h"
#include "security/pkcs12.h"

namespace barnabas {

namespace {

std::unexpected<Error> bad_store(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

CertificatePtr from_der(BytesView der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return CertificatePtr(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

Expected<Certificates> certificates_of(std::string_view what, const std::vector<Bytes>& encoded) {
    Certificates certificates;
    for (const Bytes& der : encoded) {
        certificates.push_back(from_der(der));
        if (!certificates.back()) {
            return bad_store(fmt::format("{}: a certificate in it cannot be read: {}", what, take_openssl_error()));
        }
    }
    return certificates;
}

std::string_view type_words(const StoreSettings& store) {
    return store.type == "PEM" || store.type == "PKCS12" || store.type == "JKS" ? "" : "PEM, PKCS12 or JKS";
}

/// The certificate of `key` first, and after each the one that issued it, as far as they are there.
Certificates in_order(Certificates all, EVP_PKEY* key) {
    Certificates chain;
    const auto take = [&](const auto& wanted) {
        const auto found = std::ranges::find_if(all, wanted);
        if (found == all.end()) {
            return false;
        }
        chain.push_back(std::move(*found));
        all.erase(found);
        return true;
    };
    bool more = take([&](const CertificatePtr& each) { return X509_check_private_key(each.get(), key) == 1; });
    while (more) {
        X509* last = chain.back().get();
        more = X509_check_issued(last, last) != X509_V_OK &&
               take([&](const CertificatePtr& each) { return X509_check_issued(each.get(), last) == X509_V_OK; });
    }
    (void)take_openssl_error();
    return chain;
}

Expected<KeyEntry> checked(std::string_view what, PrivateKeyPtr key, Certificates certificates) {
    if (!key) {
        return bad_store(fmt::format("{}: there is no private key in it", what));
    }
    const std::string first = certificates.empty() ? std::string("none is there") : subject_of(*certificates.front());
    Certificates chain = in_order(std::move(certificates), key.get());
    if (chain.empty()) {
        return bad_store(fmt::format("{}: no certificate belongs to the private key ({})", what, first));
    }
    return KeyEntry{std::move(key), std::move(chain)};
}

Expected<KeyEntry> key_of_jks(
    std::string_view what, BytesView content, const StoreSettings& store, const std::optional<std::string>& key_password
) {
    const std::string password = store.password.value_or("");
    auto jks = read_jks(content, password);
    if (!jks) {
        return bad_store(fmt::format("{} {}", what, jks.error().detail));
    }
    if (jks->keys.empty()) {
        return bad_store(fmt::format("{}: there is no private key in it", what));
    }
    const Jks::Key& first = jks->keys.front();
    const auto der = unprotect_jks_key(first.protected_key, key_password.value_or(password));
    if (!der) {
        return bad_store(fmt::format("{} {}", what, der.error().detail));
    }
    const auto* at = reinterpret_cast<const unsigned char*>(der->data());
    PrivateKeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der->size())));
    auto chain = certificates_of(what, first.chain);
    if (!key || !chain) {
        return bad_store(
            key ? chain.error().detail
                : fmt::format("{}: the private key cannot be read: {}", what, take_openssl_error())
        );
    }
    return checked(what, std::move(key), *std::move(chain));
}

/// Kafka's rules on what may be set together.
Expected<void> check_together(const TlsSettings& settings) {
    const StoreSettings& store = settings.key_store;
    const bool pem = store.type == "PEM";
    if (!type_words(store).empty()) {
        return bad_store(fmt::format("ssl.keystore.type '{}' must be {}", store.type, type_words(store)));
    }
    if ((store.key || store.certificates) && !pem) {
        return bad_store("ssl.keystore.key and ssl.keystore.certificate.chain need ssl.keystore.type=PEM");
    }
    if (store.key.has_value() != store.certificates.has_value()) {
        return bad_store("ssl.keystore.key and ssl.keystore.certificate.chain must be set together");
    }
    if (store.key && store.location) {
        return bad_store("ssl.keystore.location and ssl.keystore.key exclude each other; set one");
    }
    if (pem && store.password) {
        return bad_store("ssl.keystore.password has no meaning for PEM, whose password is ssl.key.password; remove it");
    }
    if (!pem && store.location.has_value() != store.password.has_value()) {
        return bad_store("ssl.keystore.location and ssl.keystore.password must be set together");
    }
    return {};
}

Expected<void> check_together(const StoreSettings& store) {
    const bool pem = store.type == "PEM";
    if (!type_words(store).empty()) {
        return bad_store(fmt::format("ssl.truststore.type '{}' must be {}", store.type, type_words(store)));
    }
    if (store.certificates && (!pem || store.location || store.password)) {
        return bad_store(
            "ssl.truststore.certificates needs ssl.truststore.type=PEM, and excludes ssl.truststore.location and "
            "ssl.truststore.password"
        );
    }
    if (pem && store.password) {
        return bad_store("ssl.truststore.password has no meaning for PEM; remove it");
    }
    if (!store.location && store.password) {
        return bad_store("ssl.truststore.password is set, and ssl.truststore.location is not");
    }
    return {};
}

}  // namespace

Expected<KeyEntry> parse_key_store(
    std::string_view what, BytesView content, const StoreSettings& store, const std::optional<std::string>& key_password
) {
    if (store.type == "PEM") {
        auto key = read_pem_key(what, content, key_password);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        auto chain = read_pem_certificates(what, content);
        if (!chain) {
            return std::unexpected(std::move(chain).error());
        }
        return checked(what, *std::move(key), *std::move(chain));
    }
    // Java reads either of the two whichever is named.
    if (looks_like_jks(content)) {
        return key_of_jks(what, content, store, key_password);
    }
    auto pkcs12 = read_pkcs12(content, store.password.value_or(""));
    if (!pkcs12) {
        return bad_store(fmt::format("{} {}", what, pkcs12.error().detail));
    }
    return checked(what, std::move(pkcs12->key), std::move(pkcs12->certificates));
}

Expected<Certificates> parse_trust_store(std::string_view what, BytesView content, const StoreSettings& store) {
    if (store.type == "PEM") {
        return read_pem_certificates(what, content);
    }
    if (!looks_like_jks(content)) {
        auto pkcs12 = read_pkcs12(content, store.password.value_or(""));
        return pkcs12 ? Expected<Certificates>(std::move(pkcs12->certificates))
                      : bad_store(fmt::format("{} {}", what, pkcs12.error().detail));
    }
    const auto jks = read_jks(content, store.password.value_or(""));
    return jks ? certificates_of(what, jks->trusted) : bad_store(fmt::format("{} {}", what, jks.error().detail));
}

Expected<std::optional<KeyEntry>> read_key_store(const TlsSettings& settings, const ReadFile& read) {
    const StoreSettings& store = settings.key_store;
    if (auto together = check_together(settings); !together) {
        return std::unexpected(std::move(together).error());
    }
    if (!store.location && !store.key) {
        return std::nullopt;
    }
    std::string what = "ssl.keystore.key with ssl.keystore.certificate.chain";
    Bytes content;
    if (store.location) {
        what = "the key store " + *store.location;
        auto file = read(*store.location);
        if (!file) {
            return bad_store("ssl.keystore.location: " + file.error().detail);
        }
        content = *std::move(file);
    } else {
        content = copy(as_bytes(*store.key + "\n" + *store.certificates));
    }
    auto entry = parse_key_store(what, content, store, settings.key_password);
    return entry ? Expected<std::optional<KeyEntry>>(*std::move(entry)) : std::unexpected(std::move(entry).error());
}

Expected<std::optional<Certificates>> read_trust_store(const StoreSettings& store, const ReadFile& read) {
    if (auto together = check_together(store); !together) {
        return std::unexpected(std::move(together).error());
    }
    if (!store.location && !store.certificates) {
        return std::nullopt;
    }
    Bytes content;
    std::string what = "ssl.truststore.certificates";
    if (store.location) {
        what = "the trust store " + *store.location;
        auto file = read(*store.location);
        if (!file) {
            return bad_store("ssl.truststore.location: " + file.error().detail);
        }
        content = *std::move(file);
    } else {
        content = copy(as_bytes(*store.certificates));
    }
    auto trusted = parse_trust_store(what, content, store);
    if (!trusted) {
        return std::unexpected(std::move(trusted).error());
    }
    if (trusted->empty()) {
        return bad_store(what + ": there is no trusted certificate in it");
    }
    return *std::move(trusted);
}

}  // namespace barnabas
