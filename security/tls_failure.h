#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "security/openssl.h"

namespace barnabas {

/// Why a connection did not come to speak TLS: the labels of the metric.
enum class TlsFailureReason : std::uint8_t {
    no_tls,              ///< what came was no TLS: a client without it, or a wrong port
    no_common_protocol,  ///< version of TLS
    no_common_cipher,
    expired,  ///< or not valid yet
    untrusted,
    wrong_name,
    bad_certificate,  ///< any other check of a certificate
    no_certificate,   ///< the client has none, and must
    refused_by_peer,  ///< the peer says so, most often because it does not trust us
    principal,        ///< no mapping rule gives the certificate a name
    hung_up,
    timed_out,
    crowded_out,  ///< others came while too many handshakes were in progress
    other,
};

/// "no_tls".
[[nodiscard]] std::string_view name(TlsFailureReason reason);

struct TlsFailure {
    TlsFailureReason reason = TlsFailureReason::other;
    std::string problem;  ///< which check failed, for a person
    std::string chain{};  ///< subjects, dates and issuers of the certificates that the peer showed; may be empty
    std::string advice{};

    /// All of it in one sentence.
    [[nodiscard]] std::string text() const;
};

/// Has connections of `context` remember which check of the peer's certificate failed, for `explain_tls_failure`.
void remember_failed_checks(SSL_CTX& context);

/// Why the handshake of `connection` failed just now on this thread, which loses OpenSSL's errors. `first_bytes` are
/// the first that the peer sent.
[[nodiscard]] TlsFailure explain_tls_failure(const SSL& connection, BytesView first_bytes);

/// The peer closed the connection, or broke off.
[[nodiscard]] TlsFailure tls_hang_up(const SSL& connection, BytesView first_bytes);

}  // namespace barnabas
