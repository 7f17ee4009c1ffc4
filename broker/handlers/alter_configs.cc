// AlterConfigs (API 33): replaces all that was set for a resource.

#include "protocol/alter_configs.h"

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<AlterConfigsResponse> handle(RequestContext& context, AlterConfigsRequest request) {
    const Instant deadline = controller_deadline(context, controller_timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        co_return *std::move(reply);
    }
    AlterConfigsResponse refused;
    for (const auto& resource : request.resources) {
        refused.responses.push_back(
            {.error_code = reply.error().code,
             .error_message = reply.error().detail,
             .resource_type = resource.resource_type,
             .resource_name = std::string(resource.resource_name)}
        );
    }
    co_return refused;
}

}  // namespace barnabas
