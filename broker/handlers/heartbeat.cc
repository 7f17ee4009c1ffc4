// Heartbeat (API 12). Version 3 adds static members (KIP-345).

#include "protocol/heartbeat.h"

#include "coordinator/group_coordinator.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<HeartbeatResponse> handle(RequestContext& context, HeartbeatRequest request) {
    if (!AccessRights(context).allows_group(AclOperation::read, request.group_id)) {
        co_return HeartbeatResponse{.error_code = ErrorCode::group_authorization_failed};
    }
    co_return context.broker.groups.heartbeat(request);
}

}  // namespace barnabas
