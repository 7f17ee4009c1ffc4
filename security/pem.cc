#include "security/pem.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>

namespace barnabas {

namespace {

/// Without a password nothing is asked for at the terminal, which is what OpenSSL would do by itself.
int give_password(char* buffer, int size, int, void* password) {
    const auto* text = static_cast<const std::optional<std::string>*>(password);
    if (!*text || (*text)->size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::memcpy(buffer, (*text)->data(), (*text)->size());
    return static_cast<int>((*text)->size());
}

std::unexpected<Error> bad_pem(std::string_view what, std::string_view words) {
    return fail(ErrorCode::invalid_config, fmt::format("{}: {}", what, words));
}

}  // namespace

Expected<Certificates> read_pem_certificates(std::string_view what, BytesView pem) {
    const BioPtr bio = reading_bio(pem);
    Certificates certificates;
    std::optional<std::string> no_password;
    while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, give_password, &no_password)) {
        certificates.emplace_back(next);
    }
    const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string error = take_openssl_error();
    if (!ended) {
        return bad_pem(what, fmt::format("certificate {} cannot be read: {}", certificates.size() + 1, error));
    }
    if (certificates.empty()) {
        return bad_pem(what, "there is no certificate in it; PEM has a line -----BEGIN CERTIFICATE----- for each");
    }
    return certificates;
}

Expected<PrivateKeyPtr> read_pem_key(std::string_view what, BytesView pem, const std::optional<std::string>& password) {
    const BioPtr bio = reading_bio(pem);
    auto given = password;
    PrivateKeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &given));
    if (key) {
        (void)take_openssl_error();
        return key;
    }
    const bool none = as_text(pem).find("PRIVATE KEY-----") == std::string_view::npos;
    const std::string error = take_openssl_error();
    if (as_text(pem).find("ENCRYPTED") != std::string_view::npos) {
        return bad_pem(
            what, password ? "the private key does not open with ssl.key.password"
                           : "the private key is encrypted, and ssl.key.password is not set"
        );
    }
    return none ? bad_pem(what, "there is no private key in it; PEM has a line -----BEGIN PRIVATE KEY-----")
                : bad_pem(what, "the private key cannot be read: " + error);
}

}  // namespace barnabas
