// JoinGroup (API 11). Version 1 adds the rebalance timeout, 4 asks new members to come back with an id (KIP-394), 5
// static members (KIP-345), 7 names the protocol type, 8 takes a reason, 9 spares a returning leader the assignment
// (KIP-814).

#include "protocol/join_group.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<JoinGroupResponse> handle(RequestContext& context, JoinGroupRequest request) {
    if (!AccessRights(context).allows_group(AclOperation::read, request.group_id)) {
        JoinGroupResponse refused{.error_code = ErrorCode::group_authorization_failed};
        if (context.version >= 7) {
            refused.protocol_name.reset();
        }
        co_return refused;
    }
    const GroupCaller caller{context.client_id.value_or(""), context.session.client_host, context.version};
    co_return co_await context.broker.groups.join(context.session.loop, caller, std::move(request));
}

}  // namespace barnabas
