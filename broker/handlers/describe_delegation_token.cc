// DescribeDelegationToken (API 41, KIP-48): tokens with what they authenticate by, to who may know.

#include "protocol/describe_delegation_token.h"

#include <algorithm>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/delegation_tokens.h"
#include "metadata/metadata_cache.h"
#include "security/delegation_token.h"

namespace barnabas {

namespace {

DescribeDelegationTokenResponse::DescribedDelegationToken described(
    const DelegationTokenRecord& token, const std::string& secret
) {
    DescribeDelegationTokenResponse::DescribedDelegationToken told;
    const PrincipalParts owner = PrincipalParts::of(token.owner);
    const PrincipalParts requester = PrincipalParts::of(token.requester);
    told.principal_type = owner.type;
    told.principal_name = owner.name;
    told.token_requester_principal_type = requester.type;
    told.token_requester_principal_name = requester.name;
    told.issue_timestamp = token.issue_timestamp;
    told.expiry_timestamp = token.expiration_timestamp;
    told.max_timestamp = token.max_timestamp;
    told.token_id = token.token_id;
    told.hmac = delegation_token_hmac(secret, token.token_id);
    for (const std::string& renewer : token.renewers) {
        const PrincipalParts parts = PrincipalParts::of(renewer);
        told.renewers.push_back({.principal_type = parts.type, .principal_name = parts.name});
    }
    return told;
}

/// Whether the principal may see the token, beyond those that concern it: by a right to the token, or to its owner's.
bool may_see(const AccessRights& access, const DelegationTokenRecord& token) {
    const auto allows = [&](AclOperation operation, ResourceType type, const std::string& resource) {
        return access.allows(operation, type, resource, AccessRights::Audit::no);
    };
    return allows(AclOperation::describe, ResourceType::delegation_token, token.token_id) ||
           allows(AclOperation::describe_tokens, ResourceType::user, token.owner);
}

}  // namespace

Task<DescribeDelegationTokenResponse> handle(RequestContext& context, DescribeDelegationTokenRequest request) {
    DescribeDelegationTokenResponse response;
    response.error_code = objection_to_tokens(context);
    if (response.error_code != ErrorCode::none) {
        co_return response;
    }
    std::optional<std::vector<std::string>> wanted;
    if (request.owners) {
        wanted.emplace();
        for (const auto& owner : *request.owners) {
            wanted->push_back(PrincipalParts{std::string(owner.principal_type), std::string(owner.principal_name)}.text(
            ));
        }
    }
    const auto is_wanted = [&](const DelegationTokenRecord& token) {
        return !wanted ||
               std::ranges::any_of(*wanted, [&](const std::string& owner) { return concerns(token, owner); });
    };
    const AccessRights access(context);
    const std::string secret = token_secret(context.broker);
    const auto image = context.broker.metadata.image();
    for (const auto& [id, token] : image->security.delegation_tokens()) {
        if (is_wanted(*token) && (concerns(*token, context.session.principal) || may_see(access, *token))) {
            response.tokens.push_back(described(*token, secret));
        }
    }
    co_return response;
}

}  // namespace barnabas
