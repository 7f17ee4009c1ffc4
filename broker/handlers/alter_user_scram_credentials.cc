// AlterUserScramCredentials (API 51, KIP-554): the client salts the password; what comes here cannot be turned back
// into it, and is kept as keys from which not even the salted password follows.

#include "protocol/alter_user_scram_credentials.h"

#include <set>

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

AlterUserScramCredentialsResponse refuse_all(const AlterUserScramCredentialsRequest& request, const Error& error) {
    std::set<std::string, std::less<>> users;
    for (const auto& deletion : request.deletions) {
        users.emplace(deletion.name);
    }
    for (const auto& upsertion : request.upsertions) {
        users.emplace(upsertion.name);
    }
    AlterUserScramCredentialsResponse refused;
    for (const std::string& user : users) {
        refused.results.push_back({.user = user, .error_code = error.code, .error_message = error.detail});
    }
    return refused;
}

}  // namespace

Task<AlterUserScramCredentialsResponse> handle(RequestContext& context, AlterUserScramCredentialsRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::alter)) {
        context.failed = true;
        co_return refuse_all(request, cluster_refusal(AclOperation::alter));
    }
    co_return co_await controller_answer<AlterUserScramCredentialsResponse>(
        context, std::move(request), controller_timeout_ms, refuse_all
    );
}

}  // namespace barnabas
