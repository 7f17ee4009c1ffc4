#include "security/tls_failure.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>

#include "common/big_endian.h"
#include "security/certificate.h"

namespace barnabas {

namespace {

using Reason = TlsFailureReason;

void free_text(void*, void* text, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<std::string*>(text);
}

/// Where a connection keeps the chain of which a check failed.
int chain_slot() {
    static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_text);
    return slot;
}

std::string chain_text(X509_STORE_CTX* check) {
    std::vector<std::string> texts;
    const auto add = [&](STACK_OF(X509) * certificates) {
        for (int i = 0; i < sk_X509_num(certificates); ++i) {
            texts.push_back(describe(*sk_X509_value(certificates, i)));
        }
    };
    add(X509_STORE_CTX_get0_untrusted(check));  // what the peer sent
    if (texts.empty()) {
        add(X509_STORE_CTX_get0_chain(check));
    }
    return fmt::format("{}", fmt::join(texts, " <- "));
}

int note_check(int passed, X509_STORE_CTX* check) {
    auto* connection = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (passed == 0 && connection != nullptr && SSL_get_ex_data(connection, chain_slot()) == nullptr) {
        SSL_set_ex_data(connection, chain_slot(), std::make_unique<std::string>(chain_text(check)).release());
    }
    return passed;
}

Reason reason_of_check(long result) {
    switch (result) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Reason::expired;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Reason::wrong_name;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_CERT_UNTRUSTED:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return Reason::untrusted;
        default:
            return Reason::bad_certificate;
    }
}

std::string_view advice_on(Reason reason, bool server) {
    switch (reason) {
        case Reason::expired:
            return "renew the certificate, or set the clocks right";
        case Reason::untrusted:
            return server ? "put the authority that issued it into this listener's ssl.truststore, or give the client "
                            "a certificate of one that is there"
                          : "put the authority that issued it into the client's ssl.truststore";
        case Reason::wrong_name:
            return "connect by a name that the certificate has, or issue one with this name; "
                   "ssl.endpoint.identification.algorithm= (empty) leaves the check out";
        default:
            return "issue a certificate that may be used for this";
    }
}

TlsFailure no_tls(BytesView first_bytes, bool server) {
    if (!server) {
        return {
            Reason::no_tls, "the peer does not speak TLS", "",
            "connect to a listener with TLS, or set security.protocol=PLAINTEXT"
        };
    }
    constexpr std::array<std::string_view, 5> methods{"GET ", "POST", "PUT ", "HEAD", "OPTI"};
    const std::string_view start = as_text(first_bytes.first(std::min<std::size_t>(first_bytes.size(), 4)));
    if (std::ranges::find(methods, start) != methods.end()) {
        return {
            Reason::no_tls, "an HTTP request without TLS came", "", "HTTP is on the port of barnabas.http.listener"
        };
    }
    if (start.size() == 4 && load_big_endian<std::uint32_t>(first_bytes.data()) <= 0xFFFF) {
        return {
            Reason::no_tls, "a Kafka request without TLS came", "",
            "set the client's security.protocol=SSL, or take a plaintext listener"
        };
    }
    return {Reason::no_tls, "what came is no TLS", "", "find out what connects to this port"};
}

/// By what OpenSSL calls it.
TlsFailure by_code(int code, const std::string& words) {
    switch (code) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_VERSION_TOO_LOW:
            return {
                Reason::no_common_protocol, "the two sides share no version of TLS", "",
                "bring the older side up to TLSv1.2, or look at ssl.enabled.protocols"
            };
        case SSL_R_NO_SHARED_CIPHER:
            return {
                Reason::no_common_cipher, "the two sides share no cipher suite that suits the certificate", "",
                "look at ssl.cipher.suites of both sides"
            };
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return {
                Reason::no_certificate, "the client showed no certificate", "",
                "give the client an ssl.keystore, or set ssl.client.auth=requested"
            };
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return {
                Reason::no_certificate, "the broker wants a certificate of the client", "",
                "set ssl.keystore.location and its type and password"
            };
        default:
            return {Reason::other, words, "", ""};
    }
}

}  // namespace

std::string_view name(TlsFailureReason reason) {
    constexpr std::array<std::string_view, 14> names{
        "no_tls",     "no_common_protocol", "no_common_cipher", "expired",         "untrusted",
        "wrong_name", "bad_certificate",    "no_certificate",   "refused_by_peer", "principal",
        "hung_up",    "timed_out",          "crowded_out",      "other",
    };
    return names[static_cast<std::size_t>(reason)];
}

std::string TlsFailure::text() const {
    std::string all = problem;
    if (!chain.empty()) {
        all += fmt::format(": {}", chain);
    }
    if (!advice.empty()) {
        all += fmt::format("; {}", advice);
    }
    return all;
}

void remember_failed_checks(SSL_CTX& context) {
    SSL_CTX_set_verify(&context, SSL_CTX_get_verify_mode(&context), note_check);
}

TlsFailure explain_tls_failure(const SSL& connection, BytesView first_bytes) {
    const unsigned long error = ERR_peek_error();
    const int code = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    const std::string words = take_openssl_error();
    const bool server = SSL_is_server(&connection) == 1;
    if (code == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        const long result = SSL_get_verify_result(&connection);
        const Reason reason = reason_of_check(result);
        const auto* chain = static_cast<const std::string*>(SSL_get_ex_data(&connection, chain_slot()));
        return {
            reason, fmt::format("the peer's certificate was refused ({})", X509_verify_cert_error_string(result)),
            chain != nullptr ? *chain : std::string(), std::string(advice_on(reason, server))
        };
    }
    if (code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST || code == SSL_R_HTTPS_PROXY_REQUEST ||
        code == SSL_R_WRONG_SSL_VERSION || code == SSL_R_PACKET_LENGTH_TOO_LONG || code == SSL_R_BAD_RECORD_TYPE) {
        const bool record = first_bytes.size() >= 2 && first_bytes[0] >= std::byte{20} &&
                            first_bytes[0] <= std::byte{23} && first_bytes[1] == std::byte{3};
        return record ? TlsFailure{Reason::other, words} : no_tls(first_bytes, server);
    }
    TlsFailure failure = by_code(code, words);
    // Codes of a thousand and more are the other side's alerts.
    if (failure.reason == Reason::other && code >= SSL_AD_REASON_OFFSET) {
        return {
            Reason::refused_by_peer, fmt::format("the peer ended it: {}", words), "",
            server ? "see the client's log; most often it does not trust this listener's certificate (its "
                     "ssl.truststore), or it is for another name"
                   : "see the broker's log, which tells why"
        };
    }
    return failure;
}

TlsFailure tls_hang_up(const SSL& connection, BytesView first_bytes) {
    (void)take_openssl_error();
    if (first_bytes.empty()) {
        const bool client = SSL_is_server(&connection) == 0;
        return {
            Reason::hung_up, "the peer closed the connection and sent nothing", "",
            client ? "is this the port of a listener with TLS?" : ""
        };
    }
    return {
        Reason::hung_up,
        fmt::format("the peer closed the connection in the handshake ({})", SSL_state_string_long(&connection)), "",
        SSL_is_server(&connection) == 1 ? "see the client's log; most often it does not trust this certificate"
                                        : "see the broker's log, which tells why"
    };
}

}  // namespace barnabas
