#include "controller/scram_requests.h"

#include <map>
#include <set>

#include "security/scram_credential.h"

namespace barnabas {

namespace {

using Deletion = AlterUserScramCredentialsRequest::ScramCredentialDeletion;
using Upsertion = AlterUserScramCredentialsRequest::ScramCredentialUpsertion;

/// Decides for one user after the other. Of a user nothing is done when anything is wrong.
class ScramAlteration {
public:
    explicit ScramAlteration(const Situation& situation) : situation_(situation) {}

    void take(const Deletion& deletion) {
        decide(deletion.name, [&]() -> Expected<MetadataMessage> { return record_of(deletion); });
    }
    void take(const Upsertion& upsertion) {
        decide(upsertion.name, [&]() -> Expected<MetadataMessage> { return record_of(upsertion); });
    }

    Decision<AlterUserScramCredentialsResponse> finish() && {
        Decision<AlterUserScramCredentialsResponse> decision;
        for (auto& [user, outcome] : outcomes_) {
            auto& result = decision.reply.results.emplace_back();
            result.user = user;
            result.error_message.reset();
            if (outcome) {
                decision.records.push_back({*std::move(outcome), 0});
            } else {
                result.error_code = outcome.error().code;
                result.error_message = std::move(outcome.error().detail);
            }
        }
        return decision;
    }

private:
    template <class Decide>
    void decide(std::string_view user, Decide record_of_wish) {
        const auto known = outcomes_.find(user);
        if (known == outcomes_.end()) {
            outcomes_.emplace(user, record_of_wish());
        } else if (known->second) {
            known->second =
                fail(ErrorCode::duplicate_resource, "A user credential cannot be altered twice in the same request");
        }
    }

    [[nodiscard]] Expected<ScramMechanism> check(std::string_view user, std::int8_t mechanism) const {
        if (situation_.image.features.metadata_version() < feature::v3_5_iv2) {
            return fail(ErrorCode::unsupported_version, "The current metadata version does not support SCRAM");
        }
        if (user.empty()) {
            return fail(ErrorCode::unacceptable_credential, "Username must not be empty");
        }
        const auto known = scram_mechanism(mechanism);
        return known ? Expected<ScramMechanism>(*known)
                     : fail(ErrorCode::unsupported_sasl_mechanism, "Unknown SCRAM mechanism");
    }

    [[nodiscard]] Expected<MetadataMessage> record_of(const Deletion& deletion) const {
        if (const auto mechanism = check(deletion.name, deletion.mechanism); !mechanism) {
            return std::unexpected(mechanism.error());
        }
        const std::pair key(deletion.mechanism, std::string(deletion.name));
        if (!situation_.image.security.scram_credentials().contains(key)) {
            return fail(ErrorCode::resource_not_found, "Attempt to delete a user credential that does not exist");
        }
        RemoveUserScramCredentialRecord record;
        record.name = deletion.name;
        record.mechanism = deletion.mechanism;
        return record;
    }

    [[nodiscard]] Expected<MetadataMessage> record_of(const Upsertion& upsertion) const {
        const auto mechanism = check(upsertion.name, upsertion.mechanism);
        if (!mechanism) {
            return std::unexpected(mechanism.error());
        }
        if (upsertion.iterations < fewest_scram_iterations) {
            return fail(ErrorCode::unacceptable_credential, "Too few iterations");
        }
        if (upsertion.iterations > most_scram_iterations) {
            return fail(ErrorCode::unacceptable_credential, "Too many iterations");
        }
        auto credential =
            make_scram_credential(*mechanism, upsertion.salted_password, upsertion.salt, upsertion.iterations);
        if (!credential) {
            return std::unexpected(std::move(credential.error()));
        }
        UserScramCredentialRecord record;
        record.name = upsertion.name;
        record.mechanism = upsertion.mechanism;
        record.salt = std::move(credential->salt);
        record.stored_key = std::move(credential->stored_key);
        record.server_key = std::move(credential->server_key);
        record.iterations = credential->iterations;
        return record;
    }

    const Situation& situation_;
    std::map<std::string, Expected<MetadataMessage>, std::less<>> outcomes_;  ///< by user
};

}  // namespace

Decision<AlterUserScramCredentialsResponse> alter_scram_credentials(
    const Situation& situation, const AlterUserScramCredentialsRequest& request
) {
    ScramAlteration alteration(situation);
    for (const Deletion& deletion : request.deletions) {
        alteration.take(deletion);
    }
    for (const Upsertion& upsertion : request.upsertions) {
        alteration.take(upsertion);
    }
    return std::move(alteration).finish();
}

}  // namespace barnabas
