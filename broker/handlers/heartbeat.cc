// Heartbeat (API 12). Version 3 adds static members (KIP-345).

#include "protocol/heartbeat.h"

#include "coordinator/group_coordinator.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<HeartbeatResponse> handle(RequestContext& context, HeartbeatRequest request) {
    co_return context.broker.groups.heartbeat(request);
}

}  // namespace barnabas
