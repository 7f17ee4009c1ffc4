#include "security/certificate_authority.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

namespace barnabas {

namespace {

std::unexpected<Error> cannot(std::string_view what) {
    return fail(ErrorCode::unknown_server_error, fmt::format("cannot {}: {}", what, take_openssl_error()));
}

std::string written(BIO* bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    return {text, static_cast<std::size_t>(size)};
}

bool is_address_text(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
    if (!value.empty()) {
        X509_NAME_add_entry_by_txt(
            name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
            static_cast<int>(value.size()), -1, 0
        );
    }
}

std::string alternative_names(const CertificateWish& wish) {
    std::vector<std::string> names;
    for (const std::string& host : wish.hosts) {
        names.push_back((is_address_text(host) ? "IP:" : "DNS:") + host);
    }
    return fmt::format("{}", fmt::join(names, ","));
}

/// Everything of it but the signature; an authority has no issuer but itself.
CertificatePtr unsigned_certificate(const CertificateWish& wish, EVP_PKEY* key, X509* issuer) {
    CertificatePtr made(X509_new());
    X509* certificate = made.get();
    std::array<unsigned char, 16> serial{};
    bool good = RAND_bytes(serial.data(), serial.size()) == 1;
    serial[0] &= 0x7F;
    const std::unique_ptr<BIGNUM, OpensslFree<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_TIME_set(X509_getm_notBefore(certificate), wish.not_before.time_since_epoch().count());
    ASN1_TIME_set(X509_getm_notAfter(certificate), wish.not_after.time_since_epoch().count());
    add_name(X509_get_subject_name(certificate), "O", wish.organization);
    add_name(X509_get_subject_name(certificate), "CN", wish.name);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer != nullptr ? issuer : certificate));
    X509_set_pubkey(certificate, key);
    X509* by = issuer != nullptr ? issuer : certificate;
    const bool authority = issuer == nullptr;
    good = good && add_extension(certificate, by, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE") &&
           add_extension(
               certificate, by, NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature"
           ) &&
           add_extension(certificate, by, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, by, NID_authority_key_identifier, "keyid:always");
    if (wish.server || wish.client) {
        const char* usage = !wish.client ? "serverAuth" : !wish.server ? "clientAuth" : "serverAuth,clientAuth";
        good = good && add_extension(certificate, by, NID_ext_key_usage, usage);
    }
    if (!wish.hosts.empty()) {
        good = good && add_extension(certificate, by, NID_subject_alt_name, alternative_names(wish));
    }
    return good ? std::move(made) : nullptr;
}

CertificatePtr another(const CertificatePtr& certificate) {
    X509_up_ref(certificate.get());
    return CertificatePtr(certificate.get());
}

Expected<Bytes> encoded(PKCS12* file) {
    const std::unique_ptr<PKCS12, OpensslFree<PKCS12_free>> owned(file);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!owned || i2d_PKCS12_bio(bio.get(), owned.get()) != 1) {
        return cannot("write PKCS #12");
    }
    return copy(as_bytes(written(bio.get())));
}

using Stack = std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>;

Stack stack_of(const Certificates& certificates, std::size_t from) {
    Stack stack(sk_X509_new_null());
    for (std::size_t i = from; i < certificates.size(); ++i) {
        sk_X509_push(stack.get(), certificates[i].get());
    }
    return stack;
}

}  // namespace

Expected<CertificateAuthority> CertificateAuthority::make(const CertificateWish& wish) {
    PrivateKeyPtr key(EVP_EC_gen("P-256"));
    CertificatePtr certificate = key ? unsigned_certificate(wish, key.get(), nullptr) : nullptr;
    if (!certificate || X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
        return cannot("make a certificate authority");
    }
    Certificates chain;
    chain.push_back(std::move(certificate));
    return CertificateAuthority(KeyEntry{std::move(key), std::move(chain)});
}

Expected<CertificateAuthority> CertificateAuthority::load(KeyEntry own) {
    if (X509_check_ca(own.chain.front().get()) == 0) {
        return fail(ErrorCode::invalid_config, "the certificate is not one of an authority");
    }
    return CertificateAuthority(std::move(own));
}

Expected<KeyEntry> CertificateAuthority::issue(const CertificateWish& wish) const {
    PrivateKeyPtr key(EVP_EC_gen("P-256"));
    CertificatePtr certificate = key ? unsigned_certificate(wish, key.get(), own_.chain.front().get()) : nullptr;
    if (!certificate || X509_sign(certificate.get(), own_.key.get(), EVP_sha256()) == 0) {
        return cannot("make a certificate for " + wish.name);
    }
    Certificates chain;
    chain.push_back(std::move(certificate));
    for (const CertificatePtr& each : own_.chain) {
        chain.push_back(another(each));
    }
    return KeyEntry{std::move(key), std::move(chain)};
}

std::string to_pem(const X509& certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), &certificate);
    return written(bio.get());
}

std::string to_pem(const EVP_PKEY& key, const std::string& password) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(
        bio.get(), &key, password.empty() ? nullptr : EVP_aes_256_cbc(), password.empty() ? nullptr : password.data(),
        static_cast<int>(password.size()), nullptr, nullptr
    );
    return written(bio.get());
}

Expected<Bytes> to_pkcs12(const KeyEntry& entry, const std::string& alias, const std::string& password) {
    const Stack others = stack_of(entry.chain, 1);
    return encoded(PKCS12_create(
        password.c_str(), alias.c_str(), entry.key.get(), entry.chain.front().get(), others.get(), 0, 0, 0, 0, 0
    ));
}

Expected<Bytes> to_pkcs12(const Certificates& trusted, const std::string& password) {
    // Java takes a certificate for trusted only where it is marked so.
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    STACK_OF(PKCS7)* safes = nullptr;
    constexpr const char* trusted_usage = "2.16.840.1.113894.746875.1.1";
    const std::unique_ptr<ASN1_OBJECT, OpensslFree<ASN1_OBJECT_free>> any_usage(OBJ_txt2obj("2.5.29.37.0", 1));
    bool good = any_usage != nullptr;
    for (std::size_t i = 0; good && i < trusted.size(); ++i) {
        PKCS12_SAFEBAG* bag = PKCS12_add_cert(&bags, trusted[i].get());
        const auto* usage = reinterpret_cast<const unsigned char*>(any_usage.get());
        good = bag != nullptr && PKCS12_add1_attr_by_txt(bag, trusted_usage, V_ASN1_OBJECT, usage, -1) == 1 &&
               PKCS12_add_friendlyname_utf8(bag, fmt::format("ca{}", i + 1).c_str(), -1) == 1;
    }
    good = good && PKCS12_add_safe(&safes, bags, NID_aes_256_cbc, 0, password.c_str()) == 1;
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    PKCS12* file = good ? PKCS12_add_safes(safes, NID_pkcs7_data) : nullptr;
    sk_PKCS7_pop_free(safes, PKCS7_free);
    if (file == nullptr || PKCS12_set_mac(file, password.c_str(), -1, nullptr, 0, 0, EVP_sha256()) != 1) {
        PKCS12_free(file);
        return cannot("write PKCS #12");
    }
    return encoded(file);
}

}  // namespace barnabas
