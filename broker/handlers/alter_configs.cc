// AlterConfigs (API 33): replaces all that was set for a resource.

#include "protocol/alter_configs.h"

#include "handlers/dispatch.h"
#include "handlers/settings_changes.h"

namespace barnabas {

Task<AlterConfigsResponse> handle(RequestContext& context, AlterConfigsRequest request) {
    return change_settings<AlterConfigsResponse>(context, std::move(request), true);
}

}  // namespace barnabas
