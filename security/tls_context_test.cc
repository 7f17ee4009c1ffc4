#include "security/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "security/certificate.h"
#include "security/certificate_authority.h"
#include "security/cipher_suites.h"
#include "security/tls_failure.h"
#include "security/tls_self_check.h"

namespace barnabas {
namespace {

using std::chrono::hours;
using std::chrono::sys_seconds;
using testing::HasSubstr;

sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Expected<Bytes> no_files(const std::string& path) {
    return fail(ErrorCode::invalid_config, "no files here: " + path);
}

CertificateWish wish_of(const std::string& name) {
    return {
        .name = name,
        .hosts = {"localhost", "127.0.0.1"},
        .server = true,
        .client = true,
        .not_before = now() - hours(1),
        .not_after = now() + hours(1)
    };
}

struct Authority {
    CertificateAuthority ca;
    explicit Authority(const std::string& name) : ca(made(name)) {}
    static CertificateAuthority made(const std::string& name) {
        return CertificateAuthority::make({.name = name, .not_before = now() - hours(2), .not_after = now() + hours(9)})
            .value();
    }
    [[nodiscard]] StoreSettings trust() const {
        return {.type = "PEM", .certificates = to_pem(*ca.own().chain.front())};
    }
    [[nodiscard]] StoreSettings key(const CertificateWish& wish) const {
        const KeyEntry entry = ca.issue(wish).value();
        return {.type = "PEM", .key = to_pem(*entry.key), .certificates = to_pem(*entry.chain.front())};
    }
};

/// A client and a server that shake hands in memory.
struct Handshake {
    std::shared_ptr<const TlsContext> server_context;
    SslPtr client;
    SslPtr server;
    bool agreed = false;
    TlsFailure server_failure;
    TlsFailure client_failure;

    Handshake(const TlsSettings& server_settings, const TlsSettings& client_settings, const char* host = "localhost") {
        server_context = TlsContext::server(server_settings, no_files).value();
        const auto client_context = TlsContext::client(client_settings, no_files).value();
        server = server_context->accept();
        client = client_context->connect(host);
        BIO* one = nullptr;
        BIO* other = nullptr;
        BIO_new_bio_pair(&one, 0, &other, 0);
        SSL_set_bio(client.get(), one, one);
        SSL_set_bio(server.get(), other, other);
        run();
    }

    void run() {
        bool client_done = false;
        bool server_done = false;
        for (int i = 0; i < 20 && !(client_done && server_done); ++i) {
            client_done = step(client.get(), client_failure);
            server_done = step(server.get(), server_failure);
        }
        // In TLS 1.3 a client is done before the server has looked at its certificate.
        char byte = 0;
        const bool written = server_done && SSL_write(server.get(), "x", 1) == 1;
        agreed = client_done && SSL_read(client.get(), &byte, 1) == 1 && written;
        if (!agreed && client_done) {
            client_failure = explain_tls_failure(*client, {});
        }
    }

    static bool step(SSL* side, TlsFailure& failure) {
        const int result = SSL_do_handshake(side);
        if (result != 1 && SSL_get_error(side, result) == SSL_ERROR_SSL && failure.problem.empty()) {
            failure = explain_tls_failure(*side, {});
        }
        return result == 1;
    }
};

struct TlsContextTest : testing::Test {
    Authority authority{"Barnabas Test CA"};
    TlsSettings server;
    TlsSettings client;

    TlsContextTest() {
        server.key_store = authority.key(wish_of("node"));
        server.trust_store = authority.trust();
        client.trust_store = authority.trust();
    }
};

TEST_F(TlsContextTest, AgreesOnTheNewestVersionAndNamesThePeer) {
    const Handshake plain(server, client);
    EXPECT_TRUE(plain.agreed) << plain.client_failure.text() << plain.server_failure.text();
    EXPECT_STREQ(SSL_get_version(plain.client.get()), "TLSv1.3");
    EXPECT_EQ(plain.server_context->principal_of(*plain.server), "User:ANONYMOUS");
    EXPECT_EQ(plain.server_context->subject(), "CN=node");
    server.client_auth = "required";
    server.principal_rules = "RULE:^CN=(.*)$/$1@here/,DEFAULT";
    client.key_store = authority.key(wish_of("alice"));
    const Handshake mutual(server, client);
    EXPECT_TRUE(mutual.agreed);
    EXPECT_EQ(mutual.server_context->principal_of(*mutual.server), "User:alice@here");
    client.key_store.certificates = std::nullopt;
    client.key_store.key = std::nullopt;
    server.client_auth = "requested";
    EXPECT_TRUE(Handshake(server, client).agreed);
}

TEST_F(TlsContextTest, KeepsToTheProtocolsAndSuitesThatAreNamed) {
    server.protocols = {"TLSv1.2"};
    server.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    const Handshake agreed(server, client);
    EXPECT_TRUE(agreed.agreed);
    EXPECT_STREQ(SSL_get_version(agreed.client.get()), "TLSv1.2");
    EXPECT_STREQ(
        SSL_CIPHER_standard_name(SSL_get_current_cipher(agreed.client.get())), server.cipher_suites[0].c_str()
    );
    client.protocols = {"TLSv1.3"};
    const Handshake apart(server, client);
    EXPECT_FALSE(apart.agreed);
    EXPECT_EQ(apart.server_failure.reason, TlsFailureReason::no_common_protocol) << apart.server_failure.text();
    client.protocols = {"TLSv1.2"};
    client.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};
    EXPECT_EQ(Handshake(server, client).server_failure.reason, TlsFailureReason::no_common_cipher);
    server.cipher_suites = {"TLS_NULL", "TLS_AES_256_GCM_SHA384"};
    EXPECT_THAT(TlsContext::server(server, no_files).error().detail, HasSubstr("TLS_NULL is not known"));
    server.cipher_suites = {};
    server.protocols = {"TLSv1.1"};
    EXPECT_THAT(TlsContext::server(server, no_files).error().detail, HasSubstr("'TLSv1.1' is not offered"));
}

TEST_F(TlsContextTest, ExplainsWhichCheckOfTheServersCertificateFailed) {
    const auto refused = [&] {
        const Handshake tried(server, client);
        EXPECT_FALSE(tried.agreed);
        EXPECT_EQ(tried.server_failure.reason, TlsFailureReason::refused_by_peer) << tried.server_failure.text();
        return tried.client_failure;
    };
    client.trust_store = Authority("somebody else").trust();
    const TlsFailure untrusted = refused();
    EXPECT_EQ(untrusted.reason, TlsFailureReason::untrusted) << untrusted.text();
    EXPECT_THAT(untrusted.chain, HasSubstr("CN=node (valid "));
    EXPECT_THAT(untrusted.chain, HasSubstr("issued by CN=Barnabas Test CA"));
    client.trust_store = authority.trust();
    CertificateWish old = wish_of("old");
    old.not_after = now() - std::chrono::minutes(1);
    server.key_store = authority.key(old);
    EXPECT_EQ(refused().reason, TlsFailureReason::expired);
    CertificateWish elsewhere = wish_of("elsewhere");
    elsewhere.hosts = {"example.org"};
    server.key_store = authority.key(elsewhere);
    EXPECT_EQ(refused().reason, TlsFailureReason::wrong_name);
    client.check_host_name = false;
    EXPECT_TRUE(Handshake(server, client).agreed);
}

TEST_F(TlsContextTest, ExplainsWhichCheckOfTheClientsCertificateFailed) {
    server.client_auth = "required";
    const Handshake without(server, client);
    EXPECT_FALSE(without.agreed);
    EXPECT_EQ(without.server_failure.reason, TlsFailureReason::no_certificate) << without.server_failure.text();
    EXPECT_EQ(without.client_failure.reason, TlsFailureReason::no_certificate) << without.client_failure.text();
    client.key_store = Authority("somebody else").key(wish_of("mallory"));
    const Handshake untrusted(server, client);
    EXPECT_EQ(untrusted.server_failure.reason, TlsFailureReason::untrusted) << untrusted.server_failure.text();
    EXPECT_THAT(untrusted.server_failure.chain, HasSubstr("CN=mallory (valid "));
    EXPECT_THAT(untrusted.server_failure.advice, HasSubstr("this listener's ssl.truststore"));
}

TEST_F(TlsContextTest, ChecksAddressesAsNames) {
    EXPECT_TRUE(Handshake(server, client, "127.0.0.1").agreed);
    EXPECT_EQ(Handshake(server, client, "127.0.0.2").client_failure.reason, TlsFailureReason::wrong_name);
}

TEST_F(TlsContextTest, NeedsACertificateToServe) {
    EXPECT_THAT(TlsContext::server({}, no_files).error().detail, HasSubstr("barnabas certs"));
    server.principal_rules = "RULE:";
    EXPECT_THAT(TlsContext::server(server, no_files).error().detail, HasSubstr("ssl.principal.mapping.rules"));
}

TEST_F(TlsContextTest, TrustsItselfWhereBrokersWould) {
    for (const auto* asked : {"none", "required"}) {
        server.client_auth = asked;
        server.trust_store = authority.trust();
        const auto made = TlsContext::server(server, no_files).value();
        EXPECT_TRUE(check_tls_trusts_itself(*made, server, no_files));
        server.trust_store = Authority("Another CA").trust();
        const auto strange = TlsContext::server(server, no_files).value();
        const auto checked = check_tls_trusts_itself(*strange, server, no_files);
        ASSERT_FALSE(checked);
        EXPECT_THAT(checked.error().detail, HasSubstr("the authority that issued"));
        EXPECT_THAT(checked.error().detail, HasSubstr("CN=node (valid "));
    }
}

TEST(TlsFailure, RecognisesWhatIsNoTls) {
    const auto told = [](std::string_view bytes) {
        Authority authority("ca");
        TlsSettings settings;
        settings.key_store = authority.key(wish_of("node"));
        const auto context = TlsContext::server(settings, no_files).value();
        const SslPtr server = context->accept();
        BIO* bio = BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()));
        SSL_set_bio(server.get(), bio, BIO_new(BIO_s_mem()));
        EXPECT_NE(SSL_do_handshake(server.get()), 1);
        return explain_tls_failure(*server, as_bytes(bytes.substr(0, 8)));
    };
    const auto kafka = told({"\0\0\0\x16\0\x12\0\3\0\0\0\0\0\4test\0\0\0\0\0\0\0", 26});
    EXPECT_EQ(kafka.reason, TlsFailureReason::no_tls);
    EXPECT_THAT(kafka.text(), HasSubstr("security.protocol=SSL"));
    EXPECT_THAT(told("GET / HTTP/1.1\r\n\r\n").text(), HasSubstr("HTTP"));
    EXPECT_EQ(told("SSH-2.0-OpenSSH_9.2p1 Debian\r\n").reason, TlsFailureReason::no_tls);
}

}  // namespace
}  // namespace barnabas
