#include "security/jks.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

#include "common/big_endian.h"
#include "common/utf8.h"
#include "security/openssl.h"

namespace barnabas {

namespace {

constexpr std::uint32_t jks_magic = 0xFEEDFEED;
constexpr std::uint32_t jceks_magic = 0xCECECECE;
constexpr std::uint32_t key_tag = 1;
constexpr std::uint32_t certificate_tag = 2;
constexpr std::string_view sun_key_protector = "1.3.6.1.4.1.42.2.17.1.1";
constexpr std::string_view whitener = "Mighty Aphrodite";

using Sha1Digest = std::array<unsigned char, SHA_DIGEST_LENGTH>;

std::unexpected<Error> bad_jks(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

Sha1Digest sha1(std::initializer_list<BytesView> parts) {
    Sha1Digest digest;
    const std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>> hash(EVP_MD_CTX_new());
    EVP_DigestInit_ex(hash.get(), EVP_sha1(), nullptr);
    for (const BytesView part : parts) {
        EVP_DigestUpdate(hash.get(), part.data(), part.size());
    }
    EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr);
    return digest;
}

BytesView view_of(const Sha1Digest& digest) {
    return std::as_bytes(std::span(digest));
}

/// Java's characters: two bytes each.
Bytes utf16(std::string_view password) {
    Bytes bytes;
    const auto add = [&](std::uint32_t unit) {
        bytes.push_back(static_cast<std::byte>(unit >> 8));
        bytes.push_back(static_cast<std::byte>(unit & 0xFF));
    };
    while (!password.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_length(password), 1);
        const auto lead = static_cast<unsigned char>(password.front());
        std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t i = 1; i < length; ++i) {
            code = (code << 6) | (static_cast<unsigned char>(password[i]) & 0x3FU);
        }
        if (code >= 0x10000) {
            add(0xD800 + ((code - 0x10000) >> 10));
            add(0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            add(code);
        }
        password.remove_prefix(length);
    }
    return bytes;
}

/// Reads what is there; once something is missing, everything after is empty.
class JksReader {
public:
    explicit JksReader(BytesView bytes) : rest_(bytes) {}

    template <std::integral Int>
    Int number() {
        const BytesView bytes = take(sizeof(Int));
        return bytes.size() == sizeof(Int) ? load_big_endian<Int>(bytes.data()) : Int(0);
    }
    BytesView take(std::size_t size) {
        if (size > rest_.size()) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        const BytesView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    Bytes sized() { return copy(take(number<std::uint32_t>())); }
    std::string text() { return std::string(as_text(take(number<std::uint16_t>()))); }

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    BytesView rest_;
    bool failed_ = false;
};

Bytes certificate(JksReader& reader, std::uint32_t version) {
    if (version == 2) {
        static_cast<void>(reader.text());  // "X.509": Java writes no other
    }
    return reader.sized();
}

bool entry(JksReader& reader, std::uint32_t version, Jks& jks) {
    const auto tag = reader.number<std::uint32_t>();
    std::string alias = reader.text();
    static_cast<void>(reader.number<std::uint64_t>());  // when it was made
    if (tag == certificate_tag) {
        jks.trusted.push_back(certificate(reader, version));
        return !reader.failed();
    }
    if (tag != key_tag) {
        return false;
    }
    Jks::Key key{std::move(alias), reader.sized(), {}};
    const auto certificates = reader.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < certificates && !reader.failed(); ++i) {
        key.chain.push_back(certificate(reader, version));
    }
    jks.keys.push_back(std::move(key));
    return !reader.failed();
}

}  // namespace

bool looks_like_jks(BytesView file) {
    return file.size() >= 4 && load_big_endian<std::uint32_t>(file.data()) == jks_magic;
}

Expected<Jks> read_jks(BytesView file, std::string_view password) {
    if (file.size() >= 4 && load_big_endian<std::uint32_t>(file.data()) == jceks_magic) {
        return bad_jks("is a JCEKS key store; convert it with keytool -importkeystore -deststoretype PKCS12");
    }
    if (!looks_like_jks(file) || file.size() < 12 + SHA_DIGEST_LENGTH) {
        return bad_jks("is no JKS key store");
    }
    const BytesView content = file.first(file.size() - SHA_DIGEST_LENGTH);
    if (!password.empty()) {
        const Sha1Digest digest = sha1({utf16(password), as_bytes(whitener), content});
        if (CRYPTO_memcmp(digest.data(), file.data() + content.size(), digest.size()) != 0) {
            return bad_jks("does not open with its password, or was tampered with: the digest does not match");
        }
    }
    JksReader reader(content.subspan(4));
    const auto version = reader.number<std::uint32_t>();
    const auto entries = reader.number<std::uint32_t>();
    if (version != 1 && version != 2) {
        return bad_jks(fmt::format("is a JKS key store of the unknown version {}", version));
    }
    Jks jks;
    for (std::uint32_t i = 0; i < entries; ++i) {
        if (!entry(reader, version, jks)) {
            return bad_jks(fmt::format("is a damaged JKS key store: entry {} cannot be read", i + 1));
        }
    }
    if (!reader.at_end()) {
        return bad_jks("is a damaged JKS key store: there is more after the last entry");
    }
    return jks;
}

Expected<Bytes> unprotect_jks_key(BytesView protected_key, std::string_view password) {
    const auto* der = reinterpret_cast<const unsigned char*>(protected_key.data());
    const std::unique_ptr<X509_SIG, OpensslFree<X509_SIG_free>> info(
        d2i_X509_SIG(nullptr, &der, static_cast<long>(protected_key.size()))
    );
    if (!info) {
        (void)take_openssl_error();
        return bad_jks("holds a private key that cannot be read");
    }
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_OCTET_STRING* octets = nullptr;
    X509_SIG_get0(info.get(), &algorithm, &octets);
    std::array<char, 64> oid{};
    OBJ_obj2txt(oid.data(), oid.size(), algorithm->algorithm, 1);
    if (oid.data() != sun_key_protector) {
        return bad_jks(fmt::format("holds a private key under the unknown protection {}", oid.data()));
    }
    const auto all =
        std::as_bytes(std::span(ASN1_STRING_get0_data(octets), static_cast<std::size_t>(ASN1_STRING_length(octets))));
    if (all.size() < std::size_t{2} * SHA_DIGEST_LENGTH) {
        return bad_jks("holds a private key that is cut short");
    }
    const Bytes secret = utf16(password);
    const BytesView encrypted = all.subspan(SHA_DIGEST_LENGTH, all.size() - std::size_t{2} * SHA_DIGEST_LENGTH);
    Bytes key(encrypted.size());
    Bytes stream = copy(all.first(SHA_DIGEST_LENGTH));  // begins with the salt
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (i % SHA_DIGEST_LENGTH == 0) {
            stream = copy(view_of(sha1({secret, stream})));
        }
        key[i] = encrypted[i] ^ stream[i % SHA_DIGEST_LENGTH];
    }
    const Sha1Digest digest = sha1({secret, key});
    if (CRYPTO_memcmp(digest.data(), all.data() + all.size() - SHA_DIGEST_LENGTH, digest.size()) != 0) {
        return bad_jks("holds a private key that does not open with ssl.key.password (or that of the store)");
    }
    return key;
}

}  // namespace barnabas
