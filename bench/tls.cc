#include "tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <array>

#include "security/tls_ciphers.h"

namespace barnabas::bench {

void Tls::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

std::expected<Tls, std::string> Tls::of_version(const std::string& version) {
    if (version != "1.2" && version != "1.3") {
        return std::unexpected(fmt::format("'{}' is no version of TLS; 1.2 and 1.3 are", version));
    }
    Tls tls;
    tls.context_ =
        std::shared_ptr<ssl_ctx_st>(SSL_CTX_new_ex(nullptr, tls_cipher_properties(), TLS_client_method()), Free());
    SSL_CTX* context = tls.context_.get();
    const int number = version == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
    SSL_CTX_set_min_proto_version(context, number);
    SSL_CTX_set_max_proto_version(context, number);
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256");
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    return tls;
}

std::expected<std::unique_ptr<TlsStream>, std::string> Tls::connect(int socket) const {
    SSL* connection = SSL_new(context_.get());
    SSL_set_connect_state(connection);
    auto stream = std::make_unique<TlsStream>(connection, socket);
    while (true) {
        const TlsStream::Status status = stream->shake_hands();
        if (status == TlsStream::Status::done) {
            return stream;
        }
        if (status != TlsStream::Status::wants_read && status != TlsStream::Status::wants_write) {
            std::array<char, 256> why{};
            ERR_error_string_n(ERR_get_error(), why.data(), why.size());
            return std::unexpected(fmt::format("TLS handshake: {}", why.data()));
        }
        pollfd ready{socket, static_cast<short>(status == TlsStream::Status::wants_read ? POLLIN : POLLOUT), 0};
        ::poll(&ready, 1, -1);
        stream->readable();
    }
}

}  // namespace barnabas::bench
