#include "controller/producer_id_requests.h"

#include <limits>

#include "controller/broker_requests.h"

namespace barnabas {

Decision<AllocateProducerIdsResponse> allocate_producer_ids(
    const Situation& situation, const AllocateProducerIdsRequest& request
) {
    AllocateProducerIdsResponse reply;
    const auto sender = expect_broker(situation.image, {request.broker_id}, {request.broker_epoch});
    if (!sender) {
        reply.error_code = sender.error().code;
        return {{}, reply};
    }
    const std::int64_t first = situation.image.next_producer_id;
    if (first > std::numeric_limits<std::int64_t>::max() - producer_id_block) {
        reply.error_code = ErrorCode::unknown_server_error;
        return {{}, reply};
    }
    ProducerIdsRecord record;
    record.broker_id = request.broker_id;
    record.broker_epoch = request.broker_epoch;
    record.next_producer_id = first + producer_id_block;
    reply.producer_id_start = first;
    reply.producer_id_len = producer_id_block;
    return {{{record, 0}}, reply};
}

}  // namespace barnabas
