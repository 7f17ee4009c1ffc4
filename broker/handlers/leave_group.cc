// LeaveGroup (API 13). Version 3 lets many members leave at once, static ones by their instance (KIP-345), 5 takes
// reasons (KIP-800).

#include "protocol/leave_group.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<LeaveGroupResponse> handle(RequestContext& context, LeaveGroupRequest request) {
    if (!AccessRights(context).allows_group(AclOperation::read, request.group_id)) {
        co_return LeaveGroupResponse{.error_code = ErrorCode::group_authorization_failed};
    }
    const bool one_member = context.version < 3;
    if (one_member) {
        request.members.resize(1);
        request.members.front().member_id = request.member_id;
    }
    auto response = co_await context.broker.groups.leave(context.session.loop, std::move(request));
    if (one_member && response.error_code == ErrorCode::none && !response.members.empty()) {
        response.error_code = response.members.front().error_code;
    }
    co_return response;
}

}  // namespace barnabas
