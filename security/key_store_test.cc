#include "security/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "security/certificate.h"
#include "security/certificate_authority.h"
#include "security/jks.h"

namespace barnabas {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Of testdata: stores that Java's keytool wrote, with the passwords "store-secret", "key-secret" and "trust-secret".
Bytes stored(const std::string& name) {
    std::ifstream file(BARNABAS_SOURCE_DIR "/security/testdata/" + name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return copy(as_bytes(text));
}

Expected<Bytes> read_testdata(const std::string& name) {
    Bytes bytes = stored(name);
    return bytes.empty() ? fail(ErrorCode::invalid_config, "there is no file " + name)
                         : Expected<Bytes>(std::move(bytes));
}

TlsSettings with_store(const std::string& type, const std::string& file, const std::string& password) {
    TlsSettings settings;
    settings.key_store = {.type = type, .location = file, .password = password};
    return settings;
}

std::string subject_in(const TlsSettings& settings) {
    const auto entry = read_key_store(settings, read_testdata);
    return !entry ? entry.error().detail : !*entry ? "none" : subject_of(*(*entry)->chain.front());
}

KeyEntry issued(const std::string& name) {
    const auto from = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
    const CertificateWish ca{.name = "ca", .not_before = from, .not_after = from + std::chrono::hours(24)};
    CertificateWish wish = ca;
    wish.name = name;
    wish.hosts = {"localhost", "127.0.0.1"};
    return CertificateAuthority::make(ca)->issue(wish).value();
}

TEST(KeyStore, OpensWhatJavaWrote) {
    TlsSettings jks = with_store("JKS", "node.jks", "store-secret");
    jks.key_password = "key-secret";
    EXPECT_EQ(subject_in(jks), "CN=node,OU=people,O=Example\\, Inc,C=DE");
    EXPECT_EQ(subject_in(with_store("PKCS12", "node.p12", "store-secret")), "CN=node");
    EXPECT_EQ(subject_in(with_store("PKCS12", "old.p12", "store-secret")), "CN=old");
    EXPECT_EQ(subject_in(with_store("JKS", "node.p12", "store-secret")), "CN=node") << "Java looks at the content too";
    EXPECT_EQ(subject_in(TlsSettings()), "none");
}

TEST(KeyStore, SaysWhichPasswordIsWrongAndShowsNone) {
    for (const auto& [file, words] : {std::pair("node.jks", "digest does not match"), {"node.p12", "does not open"}}) {
        const std::string told = subject_in(with_store("JKS", file, "wrong-secret"));
        EXPECT_THAT(told, HasSubstr(file));
        EXPECT_THAT(told, HasSubstr(words));
        EXPECT_THAT(told, Not(HasSubstr("wrong-secret")));
    }
    EXPECT_THAT(subject_in(with_store("JKS", "node.jks", "store-secret")), HasSubstr("ssl.key.password"));
    EXPECT_THAT(subject_in(with_store("JKS", "nowhere", "x")), HasSubstr("there is no file nowhere"));
    EXPECT_THAT(subject_in(with_store("BKS", "node.jks", "x")), HasSubstr("PEM, PKCS12 or JKS"));
}

TEST(KeyStore, ReadsTrustStores) {
    for (const std::string file : {"trust.jks", "trust.p12"}) {
        const StoreSettings store{.type = "JKS", .location = file, .password = "trust-secret"};
        const auto trusted = read_trust_store(store, read_testdata);
        ASSERT_TRUE(trusted.has_value() && trusted->has_value()) << trusted.error().detail;
        ASSERT_EQ((*trusted)->size(), 1);
        EXPECT_THAT(alternative_names_of(*(*trusted)->front()), ElementsAre("DNS:localhost", "IP:127.0.0.1"));
    }
    const StoreSettings without{.type = "JKS", .location = "trust.jks"};
    EXPECT_TRUE(read_trust_store(without, read_testdata)) << "as in Java, certificates need no password";
    EXPECT_FALSE(read_trust_store({.type = "JKS", .location = "trust.jks", .password = "no"}, read_testdata));
}

TEST(KeyStore, ReadsPemPlainAndEncrypted) {
    const KeyEntry entry = issued("pem");
    const std::string chain = to_pem(*entry.chain[1]) + to_pem(*entry.chain[0]);  // in whatever order
    TlsSettings settings;
    settings.key_store = {.type = "PEM", .key = to_pem(*entry.key), .certificates = chain};
    EXPECT_EQ(subject_in(settings), "CN=pem");
    settings.key_store.key = to_pem(*entry.key, "key-secret");
    EXPECT_THAT(subject_in(settings), HasSubstr("encrypted, and ssl.key.password is not set"));
    settings.key_password = "wrong";
    EXPECT_THAT(subject_in(settings), HasSubstr("does not open with ssl.key.password"));
    settings.key_password = "key-secret";
    EXPECT_EQ(subject_in(settings), "CN=pem");
    settings.key_store.certificates = to_pem(*issued("other").chain[0]);
    EXPECT_THAT(subject_in(settings), HasSubstr("no certificate belongs to the private key (CN=other)"));
    settings.key_store.certificates = "nothing";
    EXPECT_THAT(subject_in(settings), HasSubstr("there is no certificate in it"));
}

TEST(KeyStore, HoldsSettingsAgainstEachOtherAsKafkaDoes) {
    TlsSettings settings;
    settings.key_store = {.type = "JKS", .key = "x", .certificates = "y"};
    EXPECT_THAT(subject_in(settings), HasSubstr("need ssl.keystore.type=PEM"));
    settings.key_store = {.type = "PEM", .key = "x"};
    EXPECT_THAT(subject_in(settings), HasSubstr("must be set together"));
    settings.key_store = {.type = "PEM", .location = "x", .password = "y"};
    EXPECT_THAT(subject_in(settings), HasSubstr("whose password is ssl.key.password"));
    settings.key_store = {.type = "JKS", .location = "x"};
    EXPECT_THAT(subject_in(settings), HasSubstr("must be set together"));
}

TEST(KeyStore, ReadsBackWhatItWritesAsPkcs12) {
    const KeyEntry entry = issued("p12");
    const Bytes file = to_pkcs12(entry, "node", "a secret").value();
    const StoreSettings store{.type = "PKCS12", .password = "a secret"};
    const auto read = parse_key_store("it", file, store, std::nullopt);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->chain.size(), 2);
    EXPECT_EQ(subject_of(*read->chain.front()), "CN=p12");
    const auto trusted = parse_trust_store("it", to_pkcs12(entry.chain, "a secret").value(), store);
    ASSERT_TRUE(trusted) << trusted.error().detail;
    EXPECT_EQ(trusted->size(), 2);
}

TEST(Jks, RefusesFilesThatWereCutOrChanged) {
    const Bytes whole = stored("node.jks");
    ASSERT_TRUE(read_jks(whole, "store-secret"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_FALSE(read_jks(BytesView(whole).first(i), "store-secret")) << i;
        Bytes changed = whole;
        changed[i] ^= std::byte{1};
        EXPECT_FALSE(read_jks(changed, "store-secret")) << i;
    }
}

}  // namespace
}  // namespace barnabas
