// ListGroups (API 16). Version 4 filters by state (KIP-518), 5 by type (KIP-848).

#include "protocol/list_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<ListGroupsResponse> handle(RequestContext& context, ListGroupsRequest request) {
    auto response = context.broker.groups.list({request.states_filter, request.types_filter});
    // Who may describe the cluster sees all groups; others see those that they may describe.
    const AccessRights access(context);
    if (!access.allows_cluster(AclOperation::describe, AccessRights::Audit::no)) {
        std::erase_if(response.groups, [&](const auto& group) {
            return !access.allows_group(AclOperation::describe, group.group_id, AccessRights::Audit::no);
        });
    }
    co_return response;
}

}  // namespace barnabas
