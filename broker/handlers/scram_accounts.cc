#include "handlers/scram_accounts.h"

#include "common/base64.h"
#include "common/check.h"
#include "security/delegation_token.h"
#include "security/scram_digest.h"

namespace barnabas {

MetadataScramAccounts::MetadataScramAccounts(const MetadataCache& metadata, const LiveConfig& config)
    : metadata_(metadata),
      token_key_(config.get()->delegation_token_secret_key.value_or(Secret()).reveal()),
      decoy_secret_(unforeseeable_bytes(32)) {}

ScramAccount MetadataScramAccounts::decoy(ScramMechanism mechanism, std::string_view name) const {
    return {.credential = decoy_credential(mechanism, name, decoy_secret_), .name = std::string(name), .exists = false};
}

ScramAccount MetadataScramAccounts::user(ScramMechanism mechanism, std::string_view name) const {
    // The decoy is made for those who exist too: that takes the same time.
    ScramAccount account = decoy(mechanism, name);
    const auto image = metadata_.image();
    const auto* found =
        image->security.scram_credentials().find(std::pair(static_cast<std::int8_t>(mechanism), std::string(name)));
    if (found != nullptr) {
        const UserScramCredentialRecord& record = **found;
        account.credential = {record.salt, record.stored_key, record.server_key, record.iterations};
        account.exists = record.stored_key.size() == scram_key_size(mechanism);
    }
    return account;
}

ScramAccount MetadataScramAccounts::token(ScramMechanism mechanism, std::string_view id, Timestamp now) const {
    const auto image = metadata_.image();
    const auto* found = image->security.delegation_tokens().find(std::string(id));
    if (found == nullptr || token_key_.empty()) {
        return decoy(mechanism, id);
    }
    const DelegationTokenRecord& record = **found;
    const Timestamp expires{std::chrono::milliseconds(record.expiration_timestamp)};
    if (expires <= now) {
        return decoy(mechanism, id);
    }
    const std::size_t colon = record.owner.find(':');
    return {
        .credential = token_credential(mechanism, record.token_id),
        .principal_type = record.owner.substr(0, colon),
        .name = colon == std::string::npos ? std::string() : record.owner.substr(colon + 1),
        .valid_until = expires
    };
}

ScramCredential MetadataScramAccounts::token_credential(ScramMechanism mechanism, const std::string& id) const {
    const std::pair key(mechanism, id);
    {
        const std::scoped_lock lock(mutex_);
        if (const auto known = derived_.find(key); known != derived_.end()) {
            return known->second;
        }
    }
    const std::string password = encode_base64(delegation_token_hmac(token_key_, id), Base64::standard);
    const Bytes salt = decoy_credential(mechanism, id, decoy_secret_).salt;
    const auto salted = salt_password(mechanism, password, salt, fewest_scram_iterations);
    CHECK(salted);
    auto credential = make_scram_credential(mechanism, *salted, salt, fewest_scram_iterations);
    CHECK(credential);
    const std::scoped_lock lock(mutex_);
    if (derived_.size() >= most_kept) {
        derived_.clear();
    }
    derived_.insert_or_assign(key, *credential);
    return *std::move(credential);
}

}  // namespace barnabas
