// CreatePartitions (API 37).

#include "protocol/create_partitions.h"

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
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

CreatePartitionsResponse refuse_all(const CreatePartitionsRequest& request, const Error& error) {
    CreatePartitionsResponse refused;
    for (const auto& topic : request.topics) {
        refused.results.push_back(
            {.name = std::string(topic.name), .error_code = error.code, .error_message = error.detail}
        );
    }
    return refused;
}

}  // namespace

Task<CreatePartitionsResponse> handle(RequestContext& context, CreatePartitionsRequest request) {
    std::vector<PartitionsCreated> forbidden = take_forbidden(request, AccessRights(context));
    auto response = co_await controller_answer<CreatePartitionsResponse>(
        context, request, request.timeout_ms, refuse_all, mutation_quota(context, 3)
    );
    std::ranges::move(forbidden, std::back_inserter(response.results));
    co_return response;
}

}  // namespace barnabas
