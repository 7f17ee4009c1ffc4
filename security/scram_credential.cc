#include "security/scram_credential.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <utility>

#include "common/base64.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

const EVP_MD* digest_of(ScramMechanism mechanism) {
    return mechanism == ScramMechanism::sha_256 ? EVP_sha256() : EVP_sha512();
}

unsigned char* octets(Bytes& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

const unsigned char* octets(BytesView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::unexpected<Error> unacceptable(std::string words) {
    return fail(ErrorCode::unacceptable_credential, std::move(words));
}

Expected<void> check_iterations(int iterations) {
    if (iterations < fewest_scram_iterations) {
        return unacceptable(fmt::format("Too few iterations: {}, at least {}", iterations, fewest_scram_iterations));
    }
    if (iterations > most_scram_iterations) {
        return unacceptable(fmt::format("Too many iterations: {}, at most {}", iterations, most_scram_iterations));
    }
    return {};
}

std::optional<int> positive_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number > 0 ? std::optional(number) : std::nullopt;
}

/// The fields of a credential's text, as far as they have been read.
struct CredentialFields {
    std::optional<Bytes> salt;
    std::optional<Bytes> stored_key;
    std::optional<Bytes> server_key;
    std::optional<int> iterations;

    /// Whether `field` is a field that was not there yet, with a value that can be read.
    bool take(std::string_view field) {
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos) {
            return false;
        }
        const std::string_view key = field.substr(0, equals);
        const std::string_view value = field.substr(equals + 1);
        if (key == "iterations") {
            return !iterations && (iterations = positive_number(value));
        }
        std::optional<Bytes>* const bytes = key == "salt"         ? &salt
                                            : key == "stored_key" ? &stored_key
                                            : key == "server_key" ? &server_key
                                                                  : nullptr;
        return bytes && !*bytes && (*bytes = decode_base64(value, Base64::standard));
    }
};

}  // namespace

std::string_view name(ScramMechanism mechanism) {
    return mechanism == ScramMechanism::sha_256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
}

std::optional<ScramMechanism> scram_mechanism(std::int8_t number) {
    return number == 1 || number == 2 ? std::optional(static_cast<ScramMechanism>(number)) : std::nullopt;
}

std::optional<ScramMechanism> scram_mechanism(std::string_view text) {
    for (const ScramMechanism mechanism : {ScramMechanism::sha_256, ScramMechanism::sha_512}) {
        if (text == name(mechanism)) {
            return mechanism;
        }
    }
    return std::nullopt;
}

std::string ScramCredential::text() const {
    return fmt::format(
        "salt={},stored_key={},server_key={},iterations={}", encode_base64(salt, Base64::standard),
        encode_base64(stored_key, Base64::standard), encode_base64(server_key, Base64::standard), iterations
    );
}

Expected<ScramCredential> parse_scram_credential(ScramMechanism mechanism, std::string_view text) {
    CredentialFields fields;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view field = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), field.size() + 1));
        if (!fields.take(field)) {
            return unacceptable("the credential has a field that is unknown, there twice, or not readable");
        }
    }
    if (!fields.salt || !fields.stored_key || !fields.server_key || !fields.iterations) {
        return unacceptable("the credential lacks one of salt, stored_key, server_key, iterations");
    }
    const std::size_t size = scram_key_size(mechanism);
    if (fields.stored_key->size() != size || fields.server_key->size() != size) {
        return unacceptable(fmt::format("the keys of a {} credential have {} bytes each", name(mechanism), size));
    }
    return ScramCredential{
        std::move(*fields.salt), std::move(*fields.stored_key), std::move(*fields.server_key), *fields.iterations
    };
}

Expected<Bytes> salt_password(ScramMechanism mechanism, std::string_view password, BytesView salt, int iterations) {
    if (auto accepted = check_iterations(iterations); !accepted) {
        return std::unexpected(std::move(accepted.error()));
    }
    if (password.empty() || password.size() > INT_MAX || salt.size() > INT_MAX) {
        return unacceptable("the password is empty, or it or the salt is endlessly long");
    }
    Bytes salted(scram_key_size(mechanism));
    const int done = PKCS5_PBKDF2_HMAC(
        password.data(), static_cast<int>(password.size()), octets(salt), static_cast<int>(salt.size()), iterations,
        digest_of(mechanism), static_cast<int>(salted.size()), octets(salted)
    );
    if (done != 1) {
        return unacceptable("OpenSSL does not derive a key from this password and salt");
    }
    return salted;
}

Expected<ScramCredential> make_scram_credential(
    ScramMechanism mechanism, BytesView salted_password, BytesView salt, int iterations
) {
    if (auto accepted = check_iterations(iterations); !accepted) {
        return std::unexpected(std::move(accepted.error()));
    }
    if (salted_password.size() != scram_key_size(mechanism)) {
        return unacceptable(
            fmt::format("a salted password of {} has {} bytes", name(mechanism), scram_key_size(mechanism))
        );
    }
    Bytes client_key = scram_hmac(mechanism, salted_password, "Client Key");
    ScramCredential credential{
        copy(salt), scram_hash(mechanism, client_key), scram_hmac(mechanism, salted_password, "Server Key"), iterations
    };
    OPENSSL_cleanse(client_key.data(), client_key.size());
    return credential;
}

}  // namespace barnabas
