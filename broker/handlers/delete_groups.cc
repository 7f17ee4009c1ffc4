// DeleteGroups (API 42).

#include "protocol/delete_groups.h"

#include "coordinator/group_coordinator.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<DeleteGroupsResponse> handle(RequestContext& context, DeleteGroupsRequest request) {
    co_return co_await context.broker.groups.delete_groups(context.session.loop, std::move(request.groups_names));
}

}  // namespace barnabas
