#include "security/tls_ciphers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/provider.h>

#include <array>
#include <memory>
#include <random>

#include "security/certificate_authority.h"
#include "security/tls_context.h"

namespace barnabas {
namespace {

using CipherPtr = std::unique_ptr<EVP_CIPHER, OpensslFree<EVP_CIPHER_free>>;
using CipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<EVP_CIPHER_CTX_free>>;
using Octets = std::vector<unsigned char>;

struct Sealed {
    Octets text;
    Octets tag = Octets(16);
    bool operator==(const Sealed&) const = default;
};

/// What one message under one key becomes, in pieces of `piece` bytes.
class MessageCipher {
public:
    MessageCipher(const char* name, const char* properties) : cipher_(EVP_CIPHER_fetch(nullptr, name, properties)) {}

    [[nodiscard]] std::string provider() const {
        return OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(cipher_.get()));
    }
    [[nodiscard]] Octets random(std::size_t size) {
        Octets made(size);
        std::ranges::generate(made, [this] { return static_cast<unsigned char>(random_()); });
        return made;
    }
    [[nodiscard]] Octets key() { return random(static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher_.get()))); }

    [[nodiscard]] Sealed seal(
        const Octets& key, const Octets& nonce, const Octets& header, const Octets& text, std::size_t piece
    ) const {
        Sealed sealed{text};
        const CipherContextPtr context = started(key, nonce, true);
        EXPECT_TRUE(processed(*context, header, sealed.text, piece));
        EXPECT_EQ(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, sealed.tag.data()), 1);
        return sealed;
    }
    /// Nothing where it is not what was sealed.
    [[nodiscard]] std::optional<Octets> open(
        const Octets& key, const Octets& nonce, const Octets& header, Sealed sealed, std::size_t piece
    ) const {
        const CipherContextPtr context = started(key, nonce, false);
        EXPECT_EQ(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, 16, sealed.tag.data()), 1);
        return processed(*context, header, sealed.text, piece) ? std::optional(sealed.text) : std::nullopt;
    }

private:
    [[nodiscard]] CipherContextPtr started(const Octets& key, const Octets& nonce, bool encrypts) const {
        CipherContextPtr context(EVP_CIPHER_CTX_new());
        EXPECT_EQ(
            EVP_CipherInit_ex(context.get(), cipher_.get(), nullptr, key.data(), nonce.data(), encrypts ? 1 : 0), 1
        );
        return context;
    }
    static bool processed(EVP_CIPHER_CTX& context, const Octets& header, Octets& text, std::size_t piece) {
        int size = 0;
        EXPECT_EQ(EVP_CipherUpdate(&context, nullptr, &size, header.data(), static_cast<int>(header.size())), 1);
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const auto step = static_cast<int>(std::min(piece, text.size() - at));
            EXPECT_EQ(EVP_CipherUpdate(&context, text.data() + at, &size, text.data() + at, step), 1);
            EXPECT_EQ(size, step);
        }
        std::array<unsigned char, 16> rest;
        return EVP_CipherFinal_ex(&context, rest.data(), &size) == 1;
    }

    CipherPtr cipher_;
    std::mt19937 random_{7};
};

struct TlsCiphersTest : testing::TestWithParam<const char*> {
    void SetUp() override {
        if (tls_cipher_properties() == nullptr) {
            GTEST_SKIP() << "this processor has no wide instructions for AES";
        }
    }
};

TEST_P(TlsCiphersTest, SealAndOpenAsThoseOfOpenSslDo) {
    MessageCipher ours(GetParam(), tls_cipher_properties());
    MessageCipher theirs(GetParam(), "provider=default");
    ASSERT_EQ(ours.provider(), "barnabas");
    std::vector<std::size_t> sizes{4096, 16385, 16640, 65537};
    for (std::size_t size = 0; size < 600; ++size) {
        sizes.push_back(size);
    }
    const Octets key = ours.key();
    for (const std::size_t size : sizes) {
        const Octets nonce = ours.random(12), header = ours.random(size % 14), text = ours.random(size);
        const Sealed sealed = theirs.seal(key, nonce, header, text, size + 1);
        for (const std::size_t piece : {size + 1, size / 2 + 1, size / 7 + 1}) {
            ASSERT_EQ(ours.seal(key, nonce, header, text, piece), sealed) << size << " in pieces of " << piece;
            ASSERT_EQ(ours.open(key, nonce, header, sealed, piece), text) << size << " in pieces of " << piece;
        }
    }
}

TEST_P(TlsCiphersTest, RefuseWhatWasAltered) {
    MessageCipher ours(GetParam(), tls_cipher_properties());
    const Octets key = ours.key(), nonce = ours.random(12), header = ours.random(5), text = ours.random(300);
    const Sealed sealed = ours.seal(key, nonce, header, text, 300);
    for (std::size_t bit = 0; bit < 8 * (text.size() + 16); ++bit) {
        Sealed altered = sealed;
        Octets& place = bit / 8 < text.size() ? altered.text : altered.tag;
        place[bit / 8 < text.size() ? bit / 8 : bit / 8 - text.size()] ^= static_cast<unsigned char>(1U << bit % 8);
        ASSERT_EQ(ours.open(key, nonce, header, altered, 300), std::nullopt) << bit;
    }
    Octets other_header = header;
    other_header[2] ^= 1;
    EXPECT_EQ(ours.open(key, nonce, other_header, sealed, 300), std::nullopt);
    EXPECT_EQ(ours.open(key, ours.random(12), header, sealed, 300), std::nullopt);
}

TEST_P(TlsCiphersTest, UseNoNonceTwice) {
    const CipherPtr cipher(EVP_CIPHER_fetch(nullptr, GetParam(), tls_cipher_properties()));
    MessageCipher source(GetParam(), nullptr);
    const Octets key = source.key(), nonce = source.random(12);
    const CipherContextPtr context(EVP_CIPHER_CTX_new());
    std::array<unsigned char, 16> text{};
    int size = 0;
    ASSERT_EQ(EVP_EncryptInit_ex(context.get(), cipher.get(), nullptr, key.data(), nullptr), 1);
    EXPECT_EQ(EVP_EncryptUpdate(context.get(), text.data(), &size, text.data(), 16), 0);
    ASSERT_EQ(EVP_EncryptInit_ex(context.get(), nullptr, nullptr, nullptr, nonce.data()), 1);
    EXPECT_EQ(EVP_EncryptUpdate(context.get(), text.data(), &size, text.data(), 16), 1);
    EXPECT_EQ(EVP_EncryptFinal_ex(context.get(), text.data(), &size), 1);
    EXPECT_EQ(EVP_EncryptUpdate(context.get(), text.data(), &size, text.data(), 16), 0);
}

INSTANTIATE_TEST_SUITE_P(Keys, TlsCiphersTest, testing::Values("AES-128-GCM", "AES-256-GCM"));

/// A listener of ours and a client that takes its ciphers from `properties`.
struct TlsPair {
    SslPtr server;
    SslPtr client;

    TlsPair(int version, const char* suite, const char* properties) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        CertificateWish wish{.name = "node", .hosts = {"localhost"}, .server = true};
        wish.not_before = now - std::chrono::hours(1);
        wish.not_after = now + std::chrono::hours(1);
        const auto authority = CertificateAuthority::make(wish).value();
        const KeyEntry entry = authority.issue(wish).value();
        TlsSettings settings;
        settings.protocols = {"TLSv1.2", "TLSv1.3"};
        settings.key_store = {.type = "PEM", .key = to_pem(*entry.key), .certificates = to_pem(*entry.chain.front())};
        settings.trust_store = {.type = "PEM", .certificates = to_pem(*authority.own().chain.front())};
        const auto context = TlsContext::server(settings, nullptr);
        server = (*context)->accept();
        const SslContextPtr other(SSL_CTX_new_ex(nullptr, properties, TLS_client_method()));
        SSL_CTX_set_min_proto_version(other.get(), version);
        SSL_CTX_set_max_proto_version(other.get(), version);
        (void)(version == TLS1_3_VERSION ? SSL_CTX_set_ciphersuites(other.get(), suite)
                                         : SSL_CTX_set_cipher_list(other.get(), suite));
        client.reset(SSL_new(other.get()));
        SSL_set_connect_state(client.get());
        BIO *one = nullptr, *another = nullptr;
        BIO_new_bio_pair(&one, 1 << 20, &another, 1 << 20);
        SSL_set_bio(client.get(), one, one);
        SSL_set_bio(server.get(), another, another);
        for (int i = 0; i < 10; ++i) {
            SSL_do_handshake(client.get());
            SSL_do_handshake(server.get());
        }
    }

    /// Whether `text` comes out as it went in.
    static bool carries(SSL& from, SSL& to, const std::string& text) {
        std::string got(text.size(), '\0');
        std::size_t filled = 0, step = 0;
        if (SSL_write(&from, text.data(), static_cast<int>(text.size())) != static_cast<int>(text.size())) {
            return false;
        }
        while (filled < got.size() && SSL_read_ex(&to, got.data() + filled, got.size() - filled, &step) == 1) {
            filled += step;
        }
        return got == text;
    }
};

TEST(TlsCiphers, SpeakTlsWithThoseOfOpenSsl) {
    struct Case {
        int version;
        const char* suite;
    };
    for (const Case& each : {
             Case{TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
             Case{TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"},
             Case{TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"},
             Case{TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384"},
         }) {
        for (const char* properties : {"provider=default", tls_cipher_properties()}) {
            TlsPair pair(each.version, each.suite, properties);
            ASSERT_STREQ(SSL_get_cipher_name(pair.client.get()), each.suite);
            for (const std::size_t size : {1U, 15U, 16U, 17U, 1000U, 16383U, 16384U, 16385U, 100'000U, 700'000U}) {
                const std::string text(size, static_cast<char>('a' + size % 26));
                ASSERT_TRUE(TlsPair::carries(*pair.client, *pair.server, text)) << each.suite << " " << size;
                ASSERT_TRUE(TlsPair::carries(*pair.server, *pair.client, text)) << each.suite << " " << size;
            }
        }
    }
}

TEST(TlsCiphers, EndAConnectionWhoseRecordWasAltered) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsPair pair(
            version, version == TLS1_2_VERSION ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256",
            "provider=default"
        );
        ASSERT_TRUE(TlsPair::carries(*pair.client, *pair.server, "first"));
        ASSERT_EQ(SSL_write(pair.client.get(), "second", 6), 6);
        std::array<char, 200> wire;
        BIO* const from = SSL_get_rbio(pair.server.get());
        const int size = BIO_read(from, wire.data(), wire.size());
        ASSERT_GT(size, 20);
        wire[static_cast<std::size_t>(size) - 1] ^= 1;
        BIO* const altered = BIO_new_mem_buf(wire.data(), size);
        SSL_set0_rbio(pair.server.get(), altered);
        std::array<char, 10> got{};
        std::size_t read = 0;
        EXPECT_EQ(SSL_read_ex(pair.server.get(), got.data(), got.size(), &read), 0);
        EXPECT_EQ(SSL_get_error(pair.server.get(), 0), SSL_ERROR_SSL);
    }
}

}  // namespace
}  // namespace barnabas
