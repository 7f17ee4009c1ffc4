// DeleteTopics (API 20). Version 6 takes topic ids.

#include "protocol/delete_topics.h"

#include "controller/controller_client.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

DeleteTopicsResponse refuse_all(const DeleteTopicsRequest& request, const Error& error) {
    DeleteTopicsResponse refused;
    const auto refuse = [&](std::optional<std::string_view> name, const TopicId& id) {
        refused.responses.push_back(
            {.name = name ? std::optional<std::string>(*name) : std::nullopt,
             .topic_id = id,
             .error_code = error.code,
             .error_message = error.detail}
        );
    };
    for (const std::string_view name : request.topic_names) {
        refuse(name, {});
    }
    for (const auto& topic : request.topics) {
        refuse(topic.name, topic.topic_id);
    }
    return refused;
}

}  // namespace

Task<DeleteTopicsResponse> handle(RequestContext& context, DeleteTopicsRequest request) {
    if (!context.broker.config()->delete_topic_enable) {
        const bool tells = context.version >= 3;
        co_return refuse_all(
            request, {tells ? ErrorCode::topic_deletion_disabled : ErrorCode::invalid_request,
                      "delete.topic.enable is false on this broker"}
        );
    }
    const Instant deadline = controller_deadline(context, request.timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    co_return reply ? *std::move(reply) : refuse_all(request, reply.error());
}

}  // namespace barnabas
