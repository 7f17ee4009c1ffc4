#pragma once

#include <string>

#include "security/sasl_exchange.h"
#include "security/scram_credential.h"

namespace barnabas {

/// What a name stands for in SCRAM: a user, or a delegation token.
struct ScramAccount {
    ScramCredential credential;
    std::string principal_type = "User";
    std::string name;  ///< of the principal: the user, or the token's owner
    std::optional<Timestamp> valid_until = std::nullopt;
    bool exists = true;
};

/// Where accounts are looked up. It has an answer for every name: for one that nobody has a decoy that `exists` not, so
/// that a client cannot find out which names there are. Lives longer than the exchanges; any thread.
class ScramAccounts {
public:
    virtual ~ScramAccounts() = default;
    [[nodiscard]] virtual ScramAccount user(ScramMechanism mechanism, std::string_view name) const = 0;
    [[nodiscard]] virtual ScramAccount token(ScramMechanism mechanism, std::string_view id, Timestamp now) const = 0;
};

/// A credential that no password fits, the same for a name as long as `secret` is the same.
[[nodiscard]] ScramCredential decoy_credential(ScramMechanism mechanism, std::string_view name, BytesView secret);

/// SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, 7677), with Kafka's "tokenauth" extension for delegation tokens (KIP-48).
class ScramExchange final : public SaslExchange {
public:
    /// `nonce` is unforeseeable, and printable without commas.
    ScramExchange(ScramMechanism mechanism, const ScramAccounts& accounts, std::string nonce)
        : mechanism_(mechanism), accounts_(accounts), nonce_(std::move(nonce)) {}

    [[nodiscard]] SaslStep step(BytesView from_client, Timestamp now) override;

private:
    [[nodiscard]] SaslStep first_message(std::string_view text, Timestamp now);
    [[nodiscard]] SaslStep final_message(std::string_view text);
    [[nodiscard]] bool is_proven(BytesView proof, std::string_view signed_text) const;
    [[nodiscard]] SaslFailure refuse(std::string reason, std::string_view kind) const;
    [[nodiscard]] std::string who() const;

    const ScramMechanism mechanism_;
    const ScramAccounts& accounts_;
    std::string nonce_;  ///< ours; both sides' once the first message is there
    std::optional<ScramAccount> account_;
    std::string user_;
    bool by_token_ = false;
    std::string header_;
    std::string signed_text_;  ///< the first messages, which are part of what is signed
};

}  // namespace barnabas
