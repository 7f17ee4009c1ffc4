#pragma once

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"

namespace barnabas {

/// What the controller answers to the request; where it answers nothing, `refuse_all` says so for every part of it.
/// `timeout_ms` is what the client grants, `quota` as in ControllerClient.
template <class Response, class Request>
[[nodiscard]] Task<Response> controller_answer(
    RequestContext& context, Request request, std::int32_t timeout_ms,
    Response (*refuse_all)(const Request& request, const Error& error), std::shared_ptr<MutationQuota> quota = {}
) {
    const Instant deadline = controller_deadline(context, timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline, std::move(quota));
    co_return reply ? *std::move(reply) : refuse_all(request, reply.error());
}

}  // namespace barnabas
