// DescribeGroups (API 15). Version 3 tells the authorized operations (KIP-430), 4 static members (KIP-345), 6 that a
// group does not exist (KIP-1043).

#include "protocol/describe_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<DescribeGroupsResponse> handle(RequestContext& context, DescribeGroupsRequest request) {
    DescribeGroupsResponse response;
    response.groups.reserve(request.groups.size());
    const AccessRights access(context);
    for (const std::string_view id : request.groups) {
        if (!access.allows_group(AclOperation::describe, id)) {
            auto& refused = response.groups.emplace_back();
            refused.group_id = id;
            refused.error_code = ErrorCode::group_authorization_failed;
            continue;
        }
        auto& group = response.groups.emplace_back(context.broker.groups.describe(id, context.version));
        if (request.include_authorized_operations && group.error_code == ErrorCode::none) {
            group.authorized_operations = access.operations(ResourceType::group, id);
        }
    }
    co_return response;
}

}  // namespace barnabas
