// IncrementalAlterConfigs (API 44, KIP-339): sets, deletes, appends and subtracts.

#include "protocol/incremental_alter_configs.h"

#include "handlers/dispatch.h"
#include "handlers/settings_changes.h"

namespace barnabas {

Task<IncrementalAlterConfigsResponse> handle(RequestContext& context, IncrementalAlterConfigsRequest request) {
    return change_settings<IncrementalAlterConfigsResponse>(context, std::move(request), false);
}

}  // namespace barnabas
