// AlterUserScramCredentials (API 51, KIP-554): the client salts the password; what comes here cannot be turned back
// into it, and is kept as keys from which not even the salted password follows.

#include "protocol/alter_user_scram_credentials.h"

#include <set>

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<AlterUserScramCredentialsResponse> handle(RequestContext& context, AlterUserScramCredentialsRequest request) {
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        co_return *std::move(reply);
    }
    std::set<std::string, std::less<>> users;
    for (const auto& deletion : request.deletions) {
        users.emplace(deletion.name);
    }
    for (const auto& upsertion : request.upsertions) {
        users.emplace(upsertion.name);
    }
    AlterUserScramCredentialsResponse refused;
    for (const std::string& user : users) {
        refused.results.push_back(
            {.user = user, .error_code = reply.error().code, .error_message = reply.error().detail}
        );
    }
    co_return refused;
}

}  // namespace barnabas
