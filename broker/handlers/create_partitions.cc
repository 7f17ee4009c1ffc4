// CreatePartitions (API 37).

#include "protocol/create_partitions.h"

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<CreatePartitionsResponse> handle(RequestContext& context, CreatePartitionsRequest request) {
    const Instant deadline = controller_deadline(context, request.timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        co_return *std::move(reply);
    }
    CreatePartitionsResponse refused;
    for (const auto& topic : request.topics) {
        refused.results.push_back(
            {.name = std::string(topic.name), .error_code = reply.error().code, .error_message = reply.error().detail}
        );
    }
    co_return refused;
}

}  // namespace barnabas
