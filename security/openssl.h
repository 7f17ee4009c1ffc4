#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "common/bytes.h"

namespace barnabas {

template <auto free_function>
struct OpensslFree {
    void operator()(auto* object) const { free_function(object); }
};

using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using PrivateKeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;

using Certificates = std::vector<CertificatePtr>;

/// A BIO that reads `bytes`, which must outlive it.
[[nodiscard]] BioPtr reading_bio(BytesView bytes);

/// The oldest of OpenSSL's errors of this thread as a clause for a person, and none is left.
[[nodiscard]] std::string take_openssl_error();

}  // namespace barnabas
