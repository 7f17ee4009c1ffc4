// CreateAcls (API 30). Version 1 has prefixed patterns (KIP-290).

#include "protocol/create_acls.h"

#include "controller/controller_client.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

CreateAclsResponse refuse_all(const CreateAclsRequest& request, const Error& error) {
    CreateAclsResponse refused;
    for (std::size_t i = 0; i < request.creations.size(); ++i) {
        refused.results.push_back({.error_code = error.code, .error_message = error.detail});
    }
    return refused;
}

bool has_unknown(const CreateAclsRequest& request) {
    return std::ranges::any_of(request.creations, [](const auto& acl) {
        return acl.resource_type == 0 || acl.resource_pattern_type == 0 || acl.operation == 0 ||
               acl.permission_type == 0;
    });
}

}  // namespace

Task<CreateAclsResponse> handle(RequestContext& context, CreateAclsRequest request) {
    if (has_unknown(request)) {
        context.close = Error{ErrorCode::invalid_request, "CreateAcls with an element of kind UNKNOWN"};
        co_return CreateAclsResponse();
    }
    if (const auto objection = objection_to_new_rules(AccessRights(context))) {
        co_return refuse_all(request, *objection);
    }
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    co_return reply ? *std::move(reply) : refuse_all(request, reply.error());
}

}  // namespace barnabas
