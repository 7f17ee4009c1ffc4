// DeleteAcls (API 31). Version 1 has pattern types (KIP-290).

#include "protocol/delete_acls.h"

#include "controller/controller_client.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

DeleteAclsResponse refuse_all(const DeleteAclsRequest& request, const Error& error) {
    DeleteAclsResponse refused;
    for (std::size_t i = 0; i < request.filters.size(); ++i) {
        auto& result = refused.filter_results.emplace_back();
        result.error_code = error.code;
        result.error_message = error.detail;
    }
    return refused;
}

bool has_unknown(const DeleteAclsRequest& request) {
    return std::ranges::any_of(request.filters, [](const auto& filter) {
        return filter.resource_type_filter == 0 || filter.pattern_type_filter == 0 || filter.operation == 0 ||
               filter.permission_type == 0;
    });
}

}  // namespace

Task<DeleteAclsResponse> handle(RequestContext& context, DeleteAclsRequest request) {
    if (has_unknown(request)) {
        context.close = Error{ErrorCode::invalid_request, "DeleteAcls with an element of kind UNKNOWN"};
        co_return DeleteAclsResponse();
    }
    if (const auto objection = objection_to_new_rules(AccessRights(context))) {
        co_return refuse_all(request, *objection);
    }
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    co_return reply ? *std::move(reply) : refuse_all(request, reply.error());
}

}  // namespace barnabas
