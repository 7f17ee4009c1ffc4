// ListGroups (API 16). Version 4 filters by state (KIP-518), 5 by type (KIP-848).

#include "protocol/list_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<ListGroupsResponse> handle(RequestContext& context, ListGroupsRequest request) {
    co_return context.broker.groups.list({request.states_filter, request.types_filter});
}

}  // namespace barnabas
