#include "handlers/delegation_token_index.h"

#include "security/delegation_token.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

Bytes digest_of(BytesView hmac) {
    return scram_hash(ScramMechanism::sha_256, hmac);
}

}  // namespace

std::shared_ptr<const DelegationTokenRecord> DelegationTokenIndex::find(const Tokens& tokens, BytesView hmac) {
    if (secret_key_.empty()) {
        return nullptr;
    }
    const std::scoped_lock lock(mutex_);
    auto found = look_up(tokens, hmac);
    if (!found && !followed_.same_as(tokens)) {
        follow(tokens);
        found = look_up(tokens, hmac);
    }
    return found;
}

std::shared_ptr<const DelegationTokenRecord> DelegationTokenIndex::look_up(const Tokens& tokens, BytesView hmac) const {
    const auto known = by_key_.find(digest_of(hmac));
    const auto* token = known != by_key_.end() ? tokens.find(known->second) : nullptr;
    const bool proved = token != nullptr && equal_secrets(delegation_token_hmac(secret_key_, known->second), hmac);
    return proved ? *token : nullptr;
}

void DelegationTokenIndex::follow(const Tokens& tokens) {
    std::erase_if(key_of_, [&](const auto& entry) {
        const bool gone = !tokens.contains(entry.first);
        if (gone) {
            by_key_.erase(entry.second);
        }
        return gone;
    });
    for (const auto& [id, token] : tokens) {
        if (!key_of_.contains(id)) {
            const Bytes key = digest_of(delegation_token_hmac(secret_key_, id));
            key_of_.emplace(id, key);
            by_key_.emplace(key, id);
        }
    }
    followed_ = tokens;
}

}  // namespace barnabas
