// DescribeGroups (API 15). Version 3 tells the authorized operations (KIP-430), 4 static members (KIP-345), 6 that a
// group does not exist (KIP-1043).

#include "protocol/describe_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/authorized_operations.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<DescribeGroupsResponse> handle(RequestContext& context, DescribeGroupsRequest request) {
    DescribeGroupsResponse response;
    response.groups.reserve(request.groups.size());
    for (const std::string_view id : request.groups) {
        auto& group = response.groups.emplace_back(context.broker.groups.describe(id, context.version));
        if (request.include_authorized_operations && group.error_code == ErrorCode::none) {
            group.authorized_operations = group_operations;
        }
    }
    co_return response;
}

}  // namespace barnabas
