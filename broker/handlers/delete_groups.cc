// DeleteGroups (API 42).

#include "protocol/delete_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<DeleteGroupsResponse> handle(RequestContext& context, DeleteGroupsRequest request) {
    const AccessRights access(context);
    std::vector<std::string_view> allowed, refused;
    for (const std::string_view group : request.groups_names) {
        (access.allows_group(AclOperation::remove, group) ? allowed : refused).push_back(group);
    }
    auto response = co_await context.broker.groups.delete_groups(context.session.loop, std::move(allowed));
    for (const std::string_view group : refused) {
        auto& result = response.results.emplace_back();
        result.group_id = group;
        result.error_code = ErrorCode::group_authorization_failed;
    }
    co_return response;
}

}  // namespace barnabas
