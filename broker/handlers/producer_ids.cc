#include "handlers/producer_ids.h"

#include <optional>

#include "controller/controller_client.h"
#include "protocol/allocate_producer_ids.h"

namespace barnabas {

std::optional<ProducerId> ProducerIds::take() {
    const std::scoped_lock lock(mutex_);
    return next_ < end_ ? std::optional(ProducerId{next_++}) : std::nullopt;
}

void ProducerIds::put(std::int64_t first, std::int32_t count) {
    const std::scoped_lock lock(mutex_);
    if (first >= end_) {  // of two blocks that were asked for at once, the rest of the older is let go
        next_ = first;
        end_ = first + count;
    }
}

Task<Expected<ProducerId>> ProducerIds::next(Instant deadline) {
    while (true) {
        if (const auto id = take()) {
            co_return *id;
        }
        const AllocateProducerIdsRequest request{.broker_id = self_.value, .broker_epoch = broker_epoch_().value};
        const auto reply = co_await controller_.submit(request, AllocateProducerIdsRequest::versions.last, deadline);
        const ErrorCode code = reply ? reply->error_code : reply.error().code;
        if (code != ErrorCode::none) {
            co_return fail(
                ErrorCode::coordinator_load_in_progress,
                std::string("the controller gives out no producer ids now: ").append(name(code))
            );
        }
        put(reply->producer_id_start, reply->producer_id_len);
    }
}

}  // namespace barnabas
