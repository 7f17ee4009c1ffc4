#include "security/certificate_authority.h"
#include "security/tls_context.h"
#include "security/tls_failure.h"

/// Whatever a client sends instead of a handshake, a listener refuses it or waits for more, and can say why.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace barnabas;
    static const auto context = [] {
        const CertificateWish wish{
            .name = "node", .not_after = std::chrono::sys_seconds(std::chrono::seconds(4'000'000'000))
        };
        const auto authority = CertificateAuthority::make(wish).value();
        TlsSettings settings;
        settings.key_store = {
            .type = "PEM", .key = to_pem(*authority.own().key), .certificates = to_pem(*authority.own().chain.front())
        };
        settings.client_auth = "required";
        return TlsContext::server(settings, [](const std::string&) { return Expected<Bytes>(); }).value();
    }();
    const BytesView input = std::as_bytes(std::span(data, size));
    const SslPtr server = context->accept();
    BIO* in = reading_bio(input).release();
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(server.get(), in, BIO_new(BIO_s_mem()));
    if (SSL_do_handshake(server.get()) != 1) {
        static_cast<void>(explain_tls_failure(*server, input.first(std::min<std::size_t>(size, 8))).text());
    }
    return 0;
}
