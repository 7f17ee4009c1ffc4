#pragma once

#include <algorithm>
#include <iterator>

#include "handlers/alter_access.h"
#include "handlers/controller_answer.h"
#include "handlers/listener_changes.h"

namespace barnabas {

template <class Response, class Request>
[[nodiscard]] Response refuse_settings(const Request& request, const Error& error) {
    Response refused;
    for (const auto& resource : request.resources) {
        refused.responses.push_back(
            {.error_code = error.code,
             .error_message = error.detail,
             .resource_type = resource.resource_type,
             .resource_name = std::string(resource.resource_name)}
        );
    }
    return refused;
}

/// Has the controller alter what may be altered. `replaces` says that nothing else stays of what was set.
template <class Response, class Request>
[[nodiscard]] Task<Response> change_settings(RequestContext& context, Request request, bool replaces) {
    using Altered = typename decltype(Response::responses)::value_type;
    Response refused;
    refused.responses = take_unalterable<Altered>(request.resources, AccessRights(context));
    // Reads files, which is quick, and happens when somebody changes a key store.
    refuse_listener_changes(context.broker, request, refused, replaces);
    if (request.resources.empty() && !refused.responses.empty()) {
        co_return refused;
    }
    auto response = co_await controller_answer<
        Response>(context, std::move(request), controller_timeout_ms, refuse_settings<Response, Request>);
    // Those that were refused here stand first.
    std::ranges::move(response.responses, std::back_inserter(refused.responses));
    response.responses = std::move(refused.responses);
    co_return response;
}

}  // namespace barnabas
