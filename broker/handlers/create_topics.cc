// CreateTopics (API 19). Version 5 answers with partitions and configuration (KIP-525), 7 with topic ids.

#include "protocol/create_topics.h"

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<CreateTopicsResponse> handle(RequestContext& context, CreateTopicsRequest request) {
    const Instant deadline = controller_deadline(context, request.timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        co_return *std::move(reply);
    }
    CreateTopicsResponse refused;
    for (const auto& topic : request.topics) {
        refused.topics.push_back(
            {.name = std::string(topic.name), .error_code = reply.error().code, .error_message = reply.error().detail}
        );
    }
    co_return refused;
}

}  // namespace barnabas
