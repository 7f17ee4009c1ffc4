#include "security/sasl_scram.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "common/base64.h"
#include "security/scram_digest.h"
#include "security/scram_message.h"

namespace barnabas {

ScramCredential decoy_credential(ScramMechanism mechanism, std::string_view name, BytesView secret) {
    constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
    constexpr std::size_t salt_size = 26;  // as Kafka's own tool makes them
    const Bytes salt_seed = scram_hmac(ScramMechanism::sha_256, secret, fmt::format("salt {}", name));
    std::string salt;
    for (const std::byte byte : BytesView(salt_seed).first(salt_size)) {
        salt += alphabet[static_cast<std::size_t>(byte) % alphabet.size()];
    }
    return {
        copy(as_bytes(salt)), scram_hmac(mechanism, secret, fmt::format("stored {}", name)),
        scram_hmac(mechanism, secret, fmt::format("server {}", name)), fewest_scram_iterations
    };
}

SaslStep ScramExchange::step(BytesView from_client, Timestamp now) {
    return account_ ? final_message(as_text(from_client)) : first_message(as_text(from_client), now);
}

std::string ScramExchange::who() const {
    return fmt::format("{} '{}'", by_token_ ? "delegation token" : "user", user_);
}

SaslFailure ScramExchange::refuse(std::string reason, std::string_view kind) const {
    return {invalid_credentials(name(mechanism_)), std::move(reason), kind};
}

SaslStep ScramExchange::first_message(std::string_view text, Timestamp now) {
    const auto message = parse_scram_client_first(text);
    if (!message) {
        return refuse("the client's first message is no SCRAM message without channel binding", "message");
    }
    const auto token = message->extensions.find("tokenauth");
    by_token_ = token != message->extensions.end() && token->second == "true";
    user_ = message->user;
    account_ = by_token_ ? accounts_.token(mechanism_, user_, now) : accounts_.user(mechanism_, user_);
    if (!message->authorization.empty() && message->authorization != user_) {
        return SaslFailure{
            "Authentication failed: Client requested an authorization id that is different from username",
            fmt::format("{} wants to be '{}'", who(), message->authorization)
        };
    }
    header_ = message->header;
    nonce_ = message->nonce + nonce_;
    const std::string answer =
        ScramServerFirst{nonce_, account_->credential.salt, account_->credential.iterations}.text();
    signed_text_ = fmt::format("{},{}", message->bare, answer);
    return SaslChallenge{copy(as_bytes(answer))};
}

SaslStep ScramExchange::final_message(std::string_view text) {
    const auto message = parse_scram_client_final(text);
    if (!message) {
        return refuse(fmt::format("{}: the client's final message is no SCRAM message", who()), "message");
    }
    if (message->nonce != nonce_ && message->nonce.ends_with(nonce_)) {
        return refuse(
            fmt::format(
                "{}: the client says its own nonce twice, as librdkafka does before 2.6.1, which no Kafka since 4.0 "
                "takes; "
                "upgrade the client",
                who()
            ),
            "message"
        );
    }
    if (message->nonce != nonce_ || as_text(message->header) != header_) {
        return refuse(fmt::format("{}: the final message does not fit the first one", who()), "message");
    }
    const std::string signed_text = fmt::format("{},{}", signed_text_, message->without_proof);
    const bool proven = is_proven(message->proof, signed_text);
    if (!account_->exists) {
        return refuse(
            by_token_ ? fmt::format("{}: there is no such token, or it has expired", who())
                      : fmt::format("{}: has no {} credential", who(), name(mechanism_)),
            "credentials"
        );
    }
    if (!proven) {
        return refuse(fmt::format("{}: wrong {}", who(), by_token_ ? "token HMAC" : "password"), "credentials");
    }
    const Bytes signature = scram_hmac(mechanism_, account_->credential.server_key, signed_text);
    const std::string answer = "v=" + encode_base64(signature, Base64::standard);
    return SaslIdentity{
        copy(as_bytes(answer)), account_->principal_type, account_->name, by_token_, account_->valid_until
    };
}

bool ScramExchange::is_proven(BytesView proof, std::string_view signed_text) const {
    const BytesView stored_key = account_->credential.stored_key;
    Bytes client_key = scram_hmac(mechanism_, stored_key, signed_text);
    if (proof.size() != client_key.size()) {
        return false;
    }
    for (std::size_t i = 0; i < proof.size(); ++i) {
        client_key[i] ^= proof[i];
    }
    const Bytes hashed = scram_hash(mechanism_, client_key);
    OPENSSL_cleanse(client_key.data(), client_key.size());
    return CRYPTO_memcmp(hashed.data(), stored_key.data(), hashed.size()) == 0;
}

}  // namespace barnabas
