#include "security/scram_digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "common/check.h"

namespace barnabas {

namespace {

const EVP_MD* message_digest(ScramMechanism mechanism) {
    return mechanism == ScramMechanism::sha_256 ? EVP_sha256() : EVP_sha512();
}

unsigned char* digits(Bytes& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

std::size_t scram_key_size(ScramMechanism mechanism) {
    return static_cast<std::size_t>(EVP_MD_get_size(message_digest(mechanism)));
}

Bytes scram_hash(ScramMechanism mechanism, BytesView bytes) {
    Bytes out(scram_key_size(mechanism));
    CHECK(EVP_Digest(bytes.data(), bytes.size(), digits(out), nullptr, message_digest(mechanism), nullptr) == 1);
    return out;
}

Bytes scram_hmac(ScramMechanism mechanism, BytesView key, std::string_view text) {
    Bytes out(scram_key_size(mechanism));
    CHECK(HMAC(
        message_digest(mechanism), key.data(), static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(text.data()), text.size(), digits(out), nullptr
    ));
    return out;
}

bool equal_secrets(BytesView kept, BytesView given) {
    // Digests have one length; and the time to hash `kept`, which is short, is lost in that of a request.
    const Bytes one = scram_hash(ScramMechanism::sha_256, kept);
    const Bytes other = scram_hash(ScramMechanism::sha_256, given);
    return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Bytes unforeseeable_bytes(std::size_t size) {
    Bytes bytes(size);
    CHECK(RAND_bytes(digits(bytes), static_cast<int>(size)) == 1);
    return bytes;
}

std::string unforeseeable_text(std::size_t size) {
    constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01";
    static_assert(alphabet.size() == 64);
    std::string text;
    for (const std::byte byte : unforeseeable_bytes(size)) {
        text += alphabet[static_cast<std::size_t>(byte) % alphabet.size()];
    }
    return text;
}

}  // namespace barnabas
