#include "security/tls_context.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "security/certificate.h"
#include "security/cipher_suites.h"
#include "security/key_store.h"
#include "security/tls_ciphers.h"
#include "security/tls_failure.h"

namespace barnabas {

namespace {

constexpr std::uint64_t context_options =
    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF;

std::unexpected<Error> bad_tls(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

Expected<int> version_number(std::string_view name) {
    if (name == "TLSv1.2") {
        return TLS1_2_VERSION;
    }
    if (name == "TLSv1.3") {
        return TLS1_3_VERSION;
    }
    return bad_tls(fmt::format("ssl.enabled.protocols: '{}' is not offered; TLSv1.2 and TLSv1.3 are", name));
}

int verify_mode(std::string_view client_auth) {
    return client_auth == "required"    ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
           : client_auth == "requested" ? SSL_VERIFY_PEER
                                        : SSL_VERIFY_NONE;
}

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

Expected<void> TlsContext::set_versions(const TlsSettings& settings) {
    int least = TLS1_3_VERSION;
    int most = TLS1_2_VERSION;
    for (const std::string& each : settings.protocols) {
        const auto number = version_number(each);
        if (!number) {
            return std::unexpected(number.error());
        }
        least = std::min(least, *number);
        most = std::max(most, *number);
    }
    if (!settings.cipher_suites.empty()) {
        const auto lists = cipher_lists(settings.cipher_suites);
        if (!lists) {
            return std::unexpected(lists.error());
        }
        // A version without a suite would be agreed on and then fail.
        most = lists->tls13.empty() ? TLS1_2_VERSION : most;
        least = lists->up_to_tls12.empty() ? TLS1_3_VERSION : least;
        const bool taken =
            (lists->up_to_tls12.empty() || SSL_CTX_set_cipher_list(context_.get(), lists->up_to_tls12.c_str()) == 1) &&
            (lists->tls13.empty() || SSL_CTX_set_ciphersuites(context_.get(), lists->tls13.c_str()) == 1);
        if (!taken) {
            return bad_tls("ssl.cipher.suites: none of them is considered safe here: " + take_openssl_error());
        }
    }
    if (least > most) {
        return bad_tls("ssl.enabled.protocols and ssl.cipher.suites leave no version of TLS");
    }
    SSL_CTX_set_min_proto_version(context_.get(), least);
    SSL_CTX_set_max_proto_version(context_.get(), most);
    return {};
}

Expected<void> TlsContext::use_key(const TlsSettings& settings, const ReadFile& read) {
    auto entry = read_key_store(settings, read);
    if (!entry) {
        return std::unexpected(std::move(entry).error());
    }
    if (!*entry) {
        return {};
    }
    const KeyEntry& own = **entry;
    bool used = SSL_CTX_use_certificate(context_.get(), own.chain.front().get()) == 1 &&
                SSL_CTX_use_PrivateKey(context_.get(), own.key.get()) == 1;
    for (std::size_t i = 1; used && i < own.chain.size(); ++i) {
        used = SSL_CTX_add1_chain_cert(context_.get(), own.chain[i].get()) == 1;
    }
    if (!used) {
        return bad_tls("the certificate or key of the key store cannot be used: " + take_openssl_error());
    }
    subject_ = subject_of(*own.chain.front());
    alternative_names_ = alternative_names_of(*own.chain.front());
    description_ = describe(*own.chain.front());
    return {};
}

Expected<void> TlsContext::use_trust(const TlsSettings& settings, const ReadFile& read) {
    const auto trusted = read_trust_store(settings.trust_store, read);
    if (!trusted) {
        return std::unexpected(trusted.error());
    }
    X509_STORE* store = SSL_CTX_get_cert_store(context_.get());
    // As in Java, whatever stands in the trust store is trusted, also when it is no root.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    if (!*trusted) {
        return SSL_CTX_set_default_verify_paths(context_.get()) == 1
                   ? Expected<void>()
                   : bad_tls("the certificates that this machine trusts cannot be read: " + take_openssl_error());
    }
    for (const CertificatePtr& each : **trusted) {
        X509_STORE_add_cert(store, each.get());
        SSL_CTX_add_client_CA(context_.get(), each.get());
    }
    (void)take_openssl_error();
    return {};
}

Expected<std::shared_ptr<TlsContext>> TlsContext::make(
    const TlsSettings& settings, const ReadFile& read, const SSL_METHOD* method
) {
    std::shared_ptr<TlsContext> made(new TlsContext());
    made->context_.reset(SSL_CTX_new_ex(nullptr, tls_cipher_properties(), method));
    if (!made->context_) {
        return bad_tls("OpenSSL cannot be used: " + take_openssl_error());
    }
    SSL_CTX* context = made->context_.get();
    SSL_CTX_set_options(context, context_options);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // sessions are resumed by tickets
    SSL_CTX_set_num_tickets(context, 1);
    remember_failed_checks(*context);
    if (auto done = made->set_versions(settings); !done) {
        return std::unexpected(std::move(done).error());
    }
    for (const auto& step : {&TlsContext::use_key, &TlsContext::use_trust}) {
        if (auto done = ((*made).*step)(settings, read); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    return made;
}

Expected<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsSettings& settings, const ReadFile& read) {
    auto made = make(settings, read, TLS_server_method());
    if (!made) {
        return std::unexpected(std::move(made).error());
    }
    if ((*made)->subject_.empty() && (*made)->description_.empty()) {
        return bad_tls(
            "a listener with TLS needs a certificate: set ssl.keystore.location (and its type and password), or "
            "ssl.keystore.key and ssl.keystore.certificate.chain; `barnabas certs` makes some to try with"
        );
    }
    auto rules = PrincipalRules::parse(settings.principal_rules);
    if (!rules) {
        return bad_tls("ssl.principal.mapping.rules: " + rules.error().detail);
    }
    (*made)->rules_ = *std::move(rules);
    SSL_CTX* context = (*made)->context_.get();
    constexpr std::string_view session_context = "barnabas";
    SSL_CTX_set_session_id_context(
        context, reinterpret_cast<const unsigned char*>(session_context.data()), session_context.size()
    );
    SSL_CTX_set_verify(context, verify_mode(settings.client_auth), SSL_CTX_get_verify_callback(context));
    return *std::move(made);
}

Expected<std::shared_ptr<const TlsContext>> TlsContext::client(const TlsSettings& settings, const ReadFile& read) {
    auto made = make(settings, read, TLS_client_method());
    if (!made) {
        return std::unexpected(std::move(made).error());
    }
    (*made)->check_host_name_ = settings.check_host_name;
    SSL_CTX* context = (*made)->context_.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, SSL_CTX_get_verify_callback(context));
    return *std::move(made);
}

SslPtr TlsContext::accept() const {
    SslPtr connection(SSL_new(context_.get()));
    SSL_set_accept_state(connection.get());
    return connection;
}

SslPtr TlsContext::connect(const std::string& host) const {
    SslPtr connection(SSL_new(context_.get()));
    SSL_set_connect_state(connection.get());
    const bool address = is_address(host);
    if (!address) {
        SSL_set_tlsext_host_name(connection.get(), host.c_str());
    }
    if (check_host_name_) {
        SSL_set_hostflags(connection.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (address) {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection.get()), host.c_str());
        } else {
            SSL_set1_host(connection.get(), host.c_str());
        }
    }
    return connection;
}

Expected<std::string> TlsContext::principal_of(const SSL& connection) const {
    const std::string subject = peer_subject(connection);
    if (subject.empty() || !rules_) {
        return "User:ANONYMOUS";
    }
    auto name = rules_->name_of(subject);
    return name ? Expected<std::string>("User:" + *name) : std::unexpected(std::move(name).error());
}

std::string peer_subject(const SSL& connection) {
    const CertificatePtr certificate(SSL_get1_peer_certificate(&connection));
    return certificate ? subject_of(*certificate) : std::string();
}

}  // namespace barnabas
