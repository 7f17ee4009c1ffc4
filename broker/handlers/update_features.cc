// UpdateFeatures (API 57, KIP-584).

#include "protocol/update_features.h"

#include "controller/controller_client.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"

namespace barnabas {

Task<UpdateFeaturesResponse> handle(RequestContext& context, UpdateFeaturesRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::alter)) {
        co_return UpdateFeaturesResponse{
            .error_code = ErrorCode::cluster_authorization_failed,
            .error_message = cluster_refusal(AclOperation::alter).detail
        };
    }
    const Instant deadline = controller_deadline(context, request.timeout_ms);
    auto reply = co_await context.broker.controller.submit(request, context.version, deadline);
    if (reply) {
        co_return *std::move(reply);
    }
    co_return UpdateFeaturesResponse{.error_code = reply.error().code, .error_message = reply.error().detail};
}

}  // namespace barnabas
