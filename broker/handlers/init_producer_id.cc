// InitProducerId (API 22, KIP-98). Only for idempotent producers: a request with a transactional id is refused.

#include "protocol/init_producer_id.h"

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/controller_deadline.h"
#include "handlers/dispatch.h"
#include "handlers/producer_ids.h"

namespace barnabas {

Task<InitProducerIdResponse> handle(RequestContext& context, InitProducerIdRequest request) {
    const auto refused = [](ErrorCode code) {
        return InitProducerIdResponse{.error_code = code, .producer_id = -1, .producer_epoch = -1};
    };
    const AccessRights access(context);
    if (request.transactional_id) {
        if (!access.allows(AclOperation::write, ResourceType::transactional_id, *request.transactional_id)) {
            co_return refused(ErrorCode::transactional_id_authorization_failed);
        }
        // There is no transaction coordinator here, and a code that asks for patience would keep the client waiting.
        co_return refused(
            request.transactional_id->empty() ? ErrorCode::invalid_request
                                              : ErrorCode::transactional_id_authorization_failed
        );
    }
    // Who may write to some topic may do so idempotently (KIP-679).
    if (!request.transactional_id && !access.allows_cluster(AclOperation::idempotent_write, AccessRights::Audit::no) &&
        !access.allows_some(AclOperation::write, ResourceType::topic)) {
        co_return refused(ErrorCode::cluster_authorization_failed);
    }
    if ((request.producer_id == -1) != (request.producer_epoch == -1)) {
        co_return refused(ErrorCode::invalid_request);
    }
    // An id to go on with means nothing without a transactional id: the producer gets a new one, as from Kafka.
    const auto id = co_await context.broker.producer_ids.next(controller_deadline(context, controller_timeout_ms));
    if (!id) {
        co_return refused(id.error().code);
    }
    co_return InitProducerIdResponse{.error_code = ErrorCode::none, .producer_id = id->value, .producer_epoch = 0};
}

}  // namespace barnabas
