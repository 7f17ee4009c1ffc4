#pragma once

namespace barnabas {

/// For SSL_CTX_new_ex: which implementations of ciphers TLS should prefer. That is AesGcm, registered with OpenSSL as
/// the provider "barnabas", where the processor makes it the quicker one; null where OpenSSL's own are as good, or
/// where the machine's configuration demands those that FIPS allows. The cipher suites are the same either way. Any
/// thread.
[[nodiscard]] const char* tls_cipher_properties();

}  // namespace barnabas
