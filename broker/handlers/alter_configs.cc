// AlterConfigs (API 33): replaces all that was set for a resource.

#include "protocol/alter_configs.h"

#include <algorithm>
#include <iterator>

#include "controller/controller_client.h"
#include "handlers/alter_access.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"
#include "handlers/listener_changes.h"

namespace barnabas {

Task<AlterConfigsResponse> handle(RequestContext& context, AlterConfigsRequest request) {
    AlterConfigsResponse response;
    response.responses =
        take_unalterable<AlterConfigsResponse::AlterConfigsResourceResponse>(request.resources, AccessRights(context));
    // Reads files, which is quick, and happens when somebody changes a key store.
    refuse_listener_changes(context.broker, request, response, true);
    if (request.resources.empty() && !response.responses.empty()) {
        co_return response;
    }
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        std::ranges::move(reply->responses, std::back_inserter(response.responses));
        response.throttle_time_ms = reply->throttle_time_ms;
        co_return response;
    }
    for (const auto& resource : request.resources) {
        response.responses.push_back(
            {.error_code = reply.error().code,
             .error_message = reply.error().detail,
             .resource_type = resource.resource_type,
             .resource_name = std::string(resource.resource_name)}
        );
    }
    co_return response;
}

}  // namespace barnabas
