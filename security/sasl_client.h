#pragma once

#include <memory>
#include <string>

#include "common/bytes.h"
#include "model/error.h"
#include "security/scram_credential.h"

namespace barnabas {

/// The client's side of one authentication.
class SaslClient {
public:
    virtual ~SaslClient() = default;
    /// The mechanism's name, as it is offered to the server.
    [[nodiscard]] virtual std::string mechanism() const = 0;
    /// What the client says first.
    [[nodiscard]] virtual Expected<Bytes> begin() = 0;
    /// Answers the server's challenge; nothing more may be left to say. Errors: sasl_authentication_failed, when the
    /// server is not who it should be, or says what nobody understands.
    [[nodiscard]] virtual Expected<Bytes> step(BytesView challenge) = 0;
    /// Whether the client is content, if the server is.
    [[nodiscard]] virtual bool is_complete() const = 0;
};

struct UserPassword {
    std::string user;
    std::string password;
};

[[nodiscard]] std::unique_ptr<SaslClient> make_plain_client(UserPassword login);

/// `by_token`: the user is a delegation token's id, and the password its HMAC in base64.
[[nodiscard]] std::unique_ptr<SaslClient> make_scram_client(
    ScramMechanism mechanism, UserPassword login, bool by_token, std::string nonce
);

/// `token` is a JWT in its compact form.
[[nodiscard]] std::unique_ptr<SaslClient> make_oauthbearer_client(std::string token);

}  // namespace barnabas
