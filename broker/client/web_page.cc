#include "client/web_page.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <optional>

#include "common/bytes.h"
#include "io/whole_file.h"
#include "security/openssl.h"

namespace barnabas {

namespace {

void free_headers(STACK_OF(CONF_VALUE) * headers) {
    sk_CONF_VALUE_pop_free(headers, X509V3_conf_free);
}
using Headers = std::unique_ptr<STACK_OF(CONF_VALUE), OpensslFree<free_headers>>;

struct UrlParts {
    bool tls = false;
    std::string host;
    std::string port;
    std::string path;
};

std::unexpected<Error> no_page(const std::string& shown, std::string_view why) {
    return fail(ErrorCode::network_exception, fmt::format("cannot fetch {}: {}", shown, why));
}

std::string openssl_words() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* words = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return words != nullptr ? words : "the server is not there, or does not answer as it should";
}

std::optional<UrlParts> parse_url(const std::string& url) {
    char* host = nullptr;
    char* port = nullptr;
    char* path = nullptr;
    UrlParts parts;
    int tls = 0;
    if (OSSL_HTTP_parse_url(url.c_str(), &tls, nullptr, &host, &port, nullptr, &path, nullptr, nullptr) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    parts = {tls != 0, host, port, path};
    OPENSSL_free(host);
    OPENSSL_free(port);
    OPENSSL_free(path);
    return parts;
}

/// What OpenSSL calls when the connection is made, and before it is ended.
struct TlsLayer {
    SSL_CTX* context;
    const std::string& host;

    static BIO* change(BIO* stream, void* self, int connect, int) {
        if (connect == 0) {
            return stream;
        }
        const auto& layer = *static_cast<TlsLayer*>(self);
        BIO* const tls = BIO_new_ssl(layer.context, 1);
        SSL* session = nullptr;
        if (tls == nullptr || BIO_get_ssl(tls, &session) != 1 ||
            SSL_set_tlsext_host_name(session, layer.host.c_str()) != 1 ||
            SSL_set1_host(session, layer.host.c_str()) != 1) {
            BIO_free(tls);
            return nullptr;
        }
        return BIO_push(tls, stream);
    }
};

/// What comes after the header may come later. Nothing when it does not come in time.
std::optional<std::string> read_all(BIO* stream, std::size_t most, std::chrono::seconds timeout) {
    constexpr unsigned pause_ms = 10;
    const std::time_t deadline = std::time(nullptr) + timeout.count();
    std::string text;
    char part[4096];
    while (text.size() <= most) {
        if (const int size = BIO_read(stream, part, sizeof part); size > 0) {
            text.append(part, static_cast<std::size_t>(size));
        } else if (BIO_should_retry(stream) == 0) {
            break;
        } else if (BIO_wait(stream, deadline, pause_ms) <= 0) {
            return std::nullopt;
        }
    }
    return text;
}

}  // namespace

Expected<std::string> fetch_web_page(const WebRequest& request) {
    constexpr std::string_view file = "file:";
    if (request.url.starts_with(file)) {
        std::string path = request.url.substr(file.size());
        path.erase(0, path.starts_with("//") ? 2 : 0);
        const auto bytes = read_whole_file(posix_file_system(), path);
        if (!bytes || !*bytes) {
            return no_page(request.url, bytes ? "there is no such file" : bytes.error().text());
        }
        return std::string(as_text(**bytes));
    }
    const auto url = parse_url(request.url);
    if (!url) {
        return no_page("a page", "its URL is not one that begins with http, https or file");
    }
    const std::string shown = fmt::format("{}://{}:{}", url->tls ? "https" : "http", url->host, url->port);
    const SslContextPtr context(url->tls ? SSL_CTX_new(TLS_client_method()) : nullptr);
    if (context) {
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_default_verify_paths(context.get());
    }
    STACK_OF(CONF_VALUE)* raw_headers = nullptr;
    for (const auto& [name, value] : request.headers) {
        X509V3_add_value(name.c_str(), value.c_str(), &raw_headers);
    }
    const Headers headers(raw_headers);
    const BioPtr form(
        request.form.empty() ? nullptr : BIO_new_mem_buf(request.form.data(), static_cast<int>(request.form.size()))
    );
    TlsLayer layer{context.get(), url->host};
    const BioPtr answer(OSSL_HTTP_transfer(
        nullptr, url->host.c_str(), url->port.c_str(), url->path.c_str(), url->tls ? 1 : 0, nullptr, nullptr, nullptr,
        nullptr, url->tls ? TlsLayer::change : nullptr, &layer, 0, headers.get(),
        request.form.empty() ? nullptr : "application/x-www-form-urlencoded", form.get(), nullptr, 0,
        request.most_bytes, static_cast<int>(request.timeout.count()), 0
    ));
    if (!answer) {
        return no_page(shown, openssl_words());
    }
    auto text = read_all(answer.get(), request.most_bytes, request.timeout);
    if (!text || text->size() > request.most_bytes) {
        return no_page(shown, text ? "the answer is too large" : "the answer does not end in time");
    }
    return *std::move(text);
}

}  // namespace barnabas
