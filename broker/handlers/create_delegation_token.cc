// CreateDelegationToken (API 38, KIP-48): a token with which its owner can authenticate, for a time. Version 3 makes
// one for somebody else (KIP-373).

#include "protocol/create_delegation_token.h"

#include <algorithm>

#include "common/base64.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/delegation_tokens.h"
#include "security/delegation_token.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

constexpr std::string_view user_type = "User";
constexpr std::size_t token_id_size = 16;

CreateDelegationTokenResponse about(const PrincipalParts& owner, const PrincipalParts& requester) {
    CreateDelegationTokenResponse response;
    response.principal_type = owner.type;
    response.principal_name = owner.name;
    response.token_requester_principal_type = requester.type;
    response.token_requester_principal_name = requester.name;
    return response;
}

PrincipalParts owner_of(const CreateDelegationTokenRequest& request, const PrincipalParts& requester) {
    if (!request.owner_principal_name || request.owner_principal_name->empty()) {
        return requester;
    }
    return {std::string(request.owner_principal_type.value_or("")), std::string(*request.owner_principal_name)};
}

ErrorCode objection(
    const RequestContext& context, const CreateDelegationTokenRequest& request, const PrincipalParts& owner
) {
    const ErrorCode general = objection_to_tokens(context);
    if (general == ErrorCode::delegation_token_request_not_allowed) {
        return general;
    }
    const std::string owner_text = owner.text();
    if (owner_text != context.session.principal &&
        !AccessRights(context).allows(AclOperation::create_tokens, ResourceType::user, owner_text)) {
        return ErrorCode::delegation_token_authorization_failed;
    }
    const auto is_user = [](const auto& renewer) { return renewer.principal_type == user_type; };
    return std::ranges::all_of(request.renewers, is_user) ? general : ErrorCode::invalid_principal_type;
}

/// Like Kafka's, it does not begin as a flag of a command line does.
std::string new_token_id() {
    std::string id;
    do {
        id = encode_base64(unforeseeable_bytes(token_id_size), Base64::url_safe);
    } while (id.starts_with('-'));
    return id;
}

DelegationTokenRecord new_token(
    const CreateDelegationTokenRequest& request, const PrincipalParts& owner, std::string requester,
    const Broker& broker
) {
    DelegationTokenRecord token;
    token.token_id = new_token_id();
    token.owner = owner.text();
    token.requester = std::move(requester);
    for (const auto& renewer : request.renewers) {
        token.renewers.push_back(PrincipalParts{std::string(user_type), std::string(renewer.principal_name)}.text());
    }
    begin_token(token, request.max_lifetime_ms, token_times(broker), broker.clock.timestamp());
    return token;
}

}  // namespace

Task<CreateDelegationTokenResponse> handle(RequestContext& context, CreateDelegationTokenRequest request) {
    const PrincipalParts requester = PrincipalParts::of(context.session.principal);
    const PrincipalParts owner = owner_of(request, requester);
    auto response = about(owner, requester);
    response.error_code = objection(context, request, owner);
    if (response.error_code != ErrorCode::none) {
        const bool disabled = response.error_code == ErrorCode::delegation_token_auth_disabled;
        response.issue_timestamp_ms = response.expiry_timestamp_ms = response.max_timestamp_ms = disabled ? 0 : -1;
        co_return response;
    }
    const auto token = new_token(request, owner, context.session.principal, context.broker);
    using Kind = DelegationTokenChangeRequest::Kind;
    response.error_code = co_await change_token(context, DelegationTokenChangeRequest{Kind::create, token});
    if (response.error_code == ErrorCode::none) {
        response.issue_timestamp_ms = token.issue_timestamp;
        response.expiry_timestamp_ms = token.expiration_timestamp;
        response.max_timestamp_ms = token.max_timestamp;
        response.token_id = token.token_id;
        response.hmac = delegation_token_hmac(token_secret(context.broker), token.token_id);
    }
    co_return response;
}

}  // namespace barnabas
