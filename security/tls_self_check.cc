#include "security/tls_self_check.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include "security/tls_failure.h"

namespace barnabas {

namespace {

/// Steps of both sides in turn; a handshake takes three.
constexpr int most_steps = 10;

/// Nothing while it goes on.
std::optional<TlsFailure> step(SSL& side) {
    ERR_clear_error();
    const int result = SSL_do_handshake(&side);
    const int error = SSL_get_error(&side, result);
    const bool goes_on = error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    return goes_on ? std::nullopt : std::optional(explain_tls_failure(side, {}));
}

std::optional<TlsFailure> shake_hands(SSL& client, SSL& server) {
    BIO* near = nullptr;
    BIO* far = nullptr;
    if (BIO_new_bio_pair(&near, 0, &far, 0) != 1) {
        return TlsFailure{TlsFailureReason::other, "OpenSSL cannot be used: " + take_openssl_error()};
    }
    SSL_set_bio(&client, near, near);
    SSL_set_bio(&server, far, far);
    for (int i = 0; i < most_steps; ++i) {
        for (SSL* side : {&client, &server}) {
            if (auto failure = step(*side)) {
                return failure;
            }
        }
        if (SSL_is_init_finished(&client) == 1 && SSL_is_init_finished(&server) == 1) {
            return std::nullopt;
        }
    }
    return TlsFailure{TlsFailureReason::other, "the handshake does not come to its end"};
}

}  // namespace

Expected<void> check_tls_trusts_itself(const TlsContext& server, const TlsSettings& settings, const ReadFile& read) {
    TlsSettings of_client = settings;
    of_client.check_host_name = false;
    const auto client = TlsContext::client(of_client, read);
    if (!client) {
        return std::unexpected(client.error());
    }
    const SslPtr near = (*client)->connect("localhost");
    const SslPtr far = server.accept();
    if (const auto failure = shake_hands(*near, *far)) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format(
                "brokers that connect to each other with these settings would fail: {}; the trust store must have the "
                "authority that issued the key store's certificate, {}",
                failure->problem, server.description()
            )
        );
    }
    return {};
}

}  // namespace barnabas
