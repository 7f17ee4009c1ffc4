#pragma once

#include <memory>
#include <utility>

#include "metadata/feature_levels.h"
#include "metadata/metadata_record.h"
#include "metadata/persistent_map.h"

namespace barnabas {

/// Access rules, SCRAM credentials and delegation tokens, as their records say them.
class SecurityImage {
public:
    using Acls = PersistentMap<Uuid, std::shared_ptr<const AccessControlEntryRecord>>;
    /// By mechanism (Kafka's number) and user.
    using Credentials =
        PersistentMap<std::pair<std::int8_t, std::string>, std::shared_ptr<const UserScramCredentialRecord>>;
    using Tokens = PersistentMap<std::string, std::shared_ptr<const DelegationTokenRecord>>;

    [[nodiscard]] const Acls& acls() const { return acls_; }
    [[nodiscard]] const Credentials& scram_credentials() const { return credentials_; }
    [[nodiscard]] const Tokens& delegation_tokens() const { return tokens_; }

    // Errors: invalid_record, for the removal of a rule that is not there.
    void apply(const AccessControlEntryRecord& record);
    [[nodiscard]] Expected<void> apply(const RemoveAccessControlEntryRecord& record);
    void apply(const UserScramCredentialRecord& record);
    void apply(const RemoveUserScramCredentialRecord& record);
    void apply(const DelegationTokenRecord& record);
    void apply(const RemoveDelegationTokenRecord& record);
    void append_records(MetadataRecords& out, MetadataVersion level) const;

private:
    Acls acls_;
    Credentials credentials_;
    Tokens tokens_;
};

}  // namespace barnabas
