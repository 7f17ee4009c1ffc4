#include "security/pkcs12.h"

#include <openssl/err.h>
#include <openssl/provider.h>

namespace barnabas {

namespace {

using FilePtr = std::unique_ptr<PKCS12, OpensslFree<PKCS12_free>>;

std::unexpected<Error> bad_pkcs12(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

/// A library of its own with the old algorithms, so that nothing else gets to use them; null where they are not
/// installed. Lives as long as the process.
OSSL_LIB_CTX* old_algorithms() {
    static OSSL_LIB_CTX* const library = [] {
        OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
        const bool loaded = made != nullptr && OSSL_PROVIDER_load(made, "legacy") != nullptr &&
                            OSSL_PROVIDER_load(made, "default") != nullptr;
        return loaded ? made : nullptr;
    }();
    return library;
}

FilePtr open_pkcs12(BytesView file, OSSL_LIB_CTX* library) {
    PKCS12* opened = PKCS12_init_ex(NID_pkcs7_data, library, nullptr);
    const BioPtr bio = reading_bio(file);
    if (opened != nullptr && d2i_PKCS12_bio(bio.get(), &opened) == nullptr) {
        PKCS12_free(opened);
        return nullptr;
    }
    return FilePtr(opened);
}

/// The same key, or certificate, in the library that everything else uses.
PrivateKeyPtr at_home(const EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = key != nullptr ? i2d_PrivateKey(key, &der) : 0;
    const unsigned char* at = der;
    PrivateKeyPtr copy(size > 0 ? d2i_AutoPrivateKey(nullptr, &at, size) : nullptr);
    OPENSSL_clear_free(der, size > 0 ? static_cast<std::size_t>(size) : 0);
    return copy;
}

CertificatePtr at_home(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    const unsigned char* at = der;
    CertificatePtr copy(size > 0 ? d2i_X509(nullptr, &at, size) : nullptr);
    OPENSSL_free(der);
    return copy;
}

bool take_apart(PKCS12* file, const std::string& password, Pkcs12& content) {
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    STACK_OF(X509)* others = nullptr;
    const bool parsed = PKCS12_parse(file, password.c_str(), &key, &certificate, &others) == 1;
    if (parsed) {
        content.key = at_home(key);
        if (certificate != nullptr) {
            content.certificates.push_back(at_home(certificate));
        }
        for (int i = 0; i < sk_X509_num(others); ++i) {
            content.certificates.push_back(at_home(sk_X509_value(others, i)));
        }
    }
    EVP_PKEY_free(key);
    X509_free(certificate);
    sk_X509_pop_free(others, X509_free);
    std::erase(content.certificates, nullptr);
    return parsed;
}

}  // namespace

Expected<Pkcs12> read_pkcs12(BytesView file, const std::string& password) {
    Pkcs12 content;
    FilePtr opened = open_pkcs12(file, nullptr);
    if (!opened) {
        return bad_pkcs12("is no PKCS #12 key store: " + take_openssl_error());
    }
    if (PKCS12_verify_mac(opened.get(), password.c_str(), -1) == 1 && take_apart(opened.get(), password, content)) {
        ERR_clear_error();
        return content;
    }
    const std::string error = take_openssl_error();
    OSSL_LIB_CTX* old = old_algorithms();
    if (old == nullptr) {
        return bad_pkcs12("cannot be opened: wrong password, or too old an encryption: " + error);
    }
    opened = open_pkcs12(file, old);
    if (!opened || PKCS12_verify_mac(opened.get(), password.c_str(), -1) != 1) {
        ERR_clear_error();
        return bad_pkcs12("does not open with its password");
    }
    const bool read = take_apart(opened.get(), password, content);
    const std::string second = take_openssl_error();
    return read ? Expected<Pkcs12>(std::move(content)) : bad_pkcs12("cannot be read: " + second);
}

}  // namespace barnabas
