#pragma once

#include <map>
#include <mutex>
#include <string>

#include "config/live_config.h"
#include "metadata/metadata_cache.h"
#include "security/sasl_scram.h"

namespace barnabas {

/// The SCRAM credentials and delegation tokens of the metadata.
class MetadataScramAccounts final : public ScramAccounts {
public:
    MetadataScramAccounts(const MetadataCache& metadata, const LiveConfig& config);

    [[nodiscard]] ScramAccount user(ScramMechanism mechanism, std::string_view name) const override;
    /// Of a token, the credential is derived at its first use (a matter of milliseconds) and kept. Ids of tokens are
    /// unforeseeable, so that it does no harm if an unknown one is told sooner.
    [[nodiscard]] ScramAccount token(ScramMechanism mechanism, std::string_view id, Timestamp now) const override;

private:
    [[nodiscard]] ScramAccount decoy(ScramMechanism mechanism, std::string_view name) const;
    [[nodiscard]] ScramCredential token_credential(ScramMechanism mechanism, const std::string& id) const;

    static constexpr std::size_t most_kept = 10'000;

    const MetadataCache& metadata_;
    const std::string token_key_;  ///< `delegation.token.secret.key`; empty: there are no tokens
    const Bytes decoy_secret_;
    mutable std::mutex mutex_;  ///< guards `derived_`
    mutable std::map<std::pair<ScramMechanism, std::string>, ScramCredential> derived_;
};

}  // namespace barnabas
