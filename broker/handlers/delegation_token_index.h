#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/bytes.h"
#include "metadata/security_image.h"

namespace barnabas {

/// Finds delegation tokens by what proves them (KIP-48), which no record holds: it follows from the token's id and
/// `delegation.token.secret.key`, and is worked out once for each token. One for a node; any thread.
class DelegationTokenIndex {
public:
    using Tokens = SecurityImage::Tokens;

    /// Without a secret key there are no tokens.
    explicit DelegationTokenIndex(std::string secret_key) : secret_key_(std::move(secret_key)) {}

    /// The one of `tokens` with this HMAC; null when there is none. A token that is asked for the first time, or none,
    /// costs a walk through all, and works out those that came since the last one.
    [[nodiscard]] std::shared_ptr<const DelegationTokenRecord> find(const Tokens& tokens, BytesView hmac);

private:
    [[nodiscard]] std::shared_ptr<const DelegationTokenRecord> look_up(const Tokens& tokens, BytesView hmac) const;
    void follow(const Tokens& tokens);

    const std::string secret_key_;
    std::mutex mutex_;  ///< guards the rest
    Tokens followed_;
    std::map<std::string, Bytes> key_of_;  ///< by id
    /// The ids by digests of the HMACs: how long a search takes tells of a digest, from which no HMAC follows.
    std::map<Bytes, std::string> by_key_;
};

}  // namespace barnabas
