#pragma once

#include <fmt/format.h>

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"

namespace barnabas {

/// What closes the connection of a client that names a kind which Kafka does not have: it means more than it says.
[[nodiscard]] inline Error element_of_unknown_kind(const RequestContext& context) {
    return {
        ErrorCode::invalid_request, fmt::format("{} with an element of kind UNKNOWN", find_api(context.api_key)->name)
    };
}

/// Has the controller make or delete access rules, for who has the right to.
template <class Response, class Request>
[[nodiscard]] Task<Response> change_acls(
    RequestContext& context, Request request, bool (*has_unknown)(const Request& request),
    Response (*refuse_all)(const Request& request, const Error& error)
) {
    if (has_unknown(request)) {
        context.close = element_of_unknown_kind(context);
        co_return Response();
    }
    if (const auto objection = objection_to_new_rules(AccessRights(context))) {
        co_return refuse_all(request, *objection);
    }
    co_return co_await controller_answer<Response>(context, std::move(request), controller_timeout_ms, refuse_all);
}

}  // namespace barnabas
