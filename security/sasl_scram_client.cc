#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <optional>

#include "common/base64.h"
#include "security/sasl_client.h"
#include "security/scram_digest.h"
#include "security/scram_message.h"

namespace barnabas {

namespace {

/// A server that asks for more would have the client compute for minutes.
constexpr int most_iterations_for_a_server = 1'000'000;

class ScramClient final : public SaslClient {
public:
    ScramClient(ScramMechanism mechanism, UserPassword login, bool by_token, std::string nonce)
        : mechanism_(mechanism), login_(std::move(login)), by_token_(by_token), nonce_(std::move(nonce)) {}

    [[nodiscard]] std::string mechanism() const override { return std::string(name(mechanism_)); }

    [[nodiscard]] Expected<Bytes> begin() override {
        bare_ = fmt::format("n={},r={}{}", to_sasl_name(login_.user), nonce_, by_token_ ? ",tokenauth=true" : "");
        return copy(as_bytes(header + bare_));
    }

    [[nodiscard]] Expected<Bytes> step(BytesView challenge) override {
        return signature_.empty() ? prove(as_text(challenge)) : check_server(as_text(challenge));
    }

    [[nodiscard]] bool is_complete() const override { return complete_; }

private:
    static inline const std::string header = "n,,";

    static std::unexpected<Error> distrust(std::string words) {
        return fail(ErrorCode::sasl_authentication_failed, std::move(words));
    }

    Expected<Bytes> prove(std::string_view text) {
        const auto message = parse_scram_server_first(text);
        if (!message || !message->nonce.starts_with(nonce_) || message->nonce.size() == nonce_.size()) {
            return distrust("the server's first SCRAM message is none, or does not fit ours");
        }
        if (message->iterations < fewest_scram_iterations || message->iterations > most_iterations_for_a_server) {
            return distrust(fmt::format("the server asks for {} iterations of SCRAM", message->iterations));
        }
        Bytes salted(scram_key_size(mechanism_));
        const bool sha_256 = mechanism_ == ScramMechanism::sha_256;
        if (PKCS5_PBKDF2_HMAC(
                login_.password.data(), static_cast<int>(login_.password.size()),
                reinterpret_cast<const unsigned char*>(message->salt.data()), static_cast<int>(message->salt.size()),
                message->iterations, sha_256 ? EVP_sha256() : EVP_sha512(), static_cast<int>(salted.size()),
                reinterpret_cast<unsigned char*>(salted.data())
            ) != 1) {
            return distrust("OpenSSL does not derive a key from the password and the server's salt");
        }
        ScramClientFinal answer;
        answer.without_proof =
            fmt::format("c={},r={}", encode_base64(as_bytes(header), Base64::standard), message->nonce);
        const std::string signed_text = fmt::format("{},{},{}", bare_, text, answer.without_proof);
        answer.proof = scram_hmac(mechanism_, salted, "Client Key");
        const Bytes signature = scram_hmac(mechanism_, scram_hash(mechanism_, answer.proof), signed_text);
        for (std::size_t i = 0; i < signature.size(); ++i) {
            answer.proof[i] ^= signature[i];
        }
        signature_ = scram_hmac(mechanism_, scram_hmac(mechanism_, salted, "Server Key"), signed_text);
        OPENSSL_cleanse(salted.data(), salted.size());
        return copy(as_bytes(answer.text()));
    }

    Expected<Bytes> check_server(std::string_view text) {
        const auto message = parse_scram_server_final(text);
        if (!message || !message->error.empty()) {
            return distrust(fmt::format("the server refuses: {}", message ? message->error : "no SCRAM message"));
        }
        complete_ = message->signature == signature_;
        return complete_ ? Expected<Bytes>(Bytes())
                         : distrust("the server does not know the password either: it is not the one it should be");
    }

    const ScramMechanism mechanism_;
    const UserPassword login_;
    const bool by_token_;
    const std::string nonce_;
    std::string bare_;
    Bytes signature_;  ///< that the server has to show
    bool complete_ = false;
};

}  // namespace

std::unique_ptr<SaslClient> make_scram_client(
    ScramMechanism mechanism, UserPassword login, bool by_token, std::string nonce
) {
    return std::make_unique<ScramClient>(mechanism, std::move(login), by_token, std::move(nonce));
}

}  // namespace barnabas
