// SyncGroup (API 14). Version 3 adds static members (KIP-345), 5 the protocol's type and name, which are then required
// (KIP-559).

#include "protocol/sync_group.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<SyncGroupResponse> handle(RequestContext& context, SyncGroupRequest request) {
    if (!AccessRights(context).allows_group(AclOperation::read, request.group_id)) {
        co_return SyncGroupResponse{.error_code = ErrorCode::group_authorization_failed};
    }
    const GroupCaller caller{context.client_id.value_or(""), context.session.client_host, context.version};
    co_return co_await context.broker.groups.sync(context.session.loop, caller, std::move(request));
}

}  // namespace barnabas
