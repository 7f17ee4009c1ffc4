// CreatePartitions (API 37).

#include "protocol/create_partitions.h"

#include "controller/controller_client.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"
#include "handlers/request_quota.h"

namespace barnabas {

namespace {

using PartitionsCreated = CreatePartitionsResponse::CreatePartitionsTopicResult;

/// Takes out the topics that may not be altered, and answers them. Those that are named twice the controller refuses.
std::vector<PartitionsCreated> take_forbidden(CreatePartitionsRequest& request, const AccessRights& access) {
    const auto wanted = request.topics;
    std::vector<PartitionsCreated> forbidden;
    std::erase_if(request.topics, [&](const auto& topic) {
        const auto same_name = [&](const auto& other) { return other.name == topic.name; };
        if (std::ranges::count_if(wanted, same_name) > 1 || access.allows_topic(AclOperation::alter, topic.name)) {
            return false;
        }
        auto& refused = forbidden.emplace_back();
        refused.name = topic.name;
        refused.error_code = ErrorCode::topic_authorization_failed;
        return true;
    });
    return forbidden;
}

}  // namespace

Task<CreatePartitionsResponse> handle(RequestContext& context, CreatePartitionsRequest request) {
    const Instant deadline = controller_deadline(context, request.timeout_ms);
    std::vector<PartitionsCreated> forbidden = take_forbidden(request, AccessRights(context));
    CreatePartitionsResponse response;
    auto quota = mutation_quota(context, 3);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline, std::move(quota));
    if (reply) {
        response = *std::move(reply);
    } else {
        for (const auto& topic : request.topics) {
            response.results.push_back(
                {.name = std::string(topic.name),
                 .error_code = reply.error().code,
                 .error_message = reply.error().detail}
            );
        }
    }
    std::ranges::move(forbidden, std::back_inserter(response.results));
    co_return response;
}

}  // namespace barnabas
