// UpdateFeatures (API 57, KIP-584).

#include "protocol/update_features.h"

#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

UpdateFeaturesResponse refuse_all(const UpdateFeaturesRequest& /*request*/, const Error& error) {
    return {.error_code = error.code, .error_message = error.detail};
}

}  // namespace

Task<UpdateFeaturesResponse> handle(RequestContext& context, UpdateFeaturesRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::alter)) {
        co_return refuse_all(request, cluster_refusal(AclOperation::alter));
    }
    co_return co_await controller_answer<UpdateFeaturesResponse>(context, request, request.timeout_ms, refuse_all);
}

}  // namespace barnabas
