#include "node/applied_controller.h"

#include "controller/delegation_token_requests.h"
#include "protocol/allocate_producer_ids.h"
#include "protocol/alter_client_quotas.h"
#include "protocol/alter_configs.h"
#include "protocol/alter_partition.h"
#include "protocol/alter_user_scram_credentials.h"
#include "protocol/assign_replicas_to_dirs.h"
#include "protocol/broker_heartbeat.h"
#include "protocol/broker_registration.h"
#include "protocol/controller_registration.h"
#include "protocol/create_acls.h"
#include "protocol/create_partitions.h"
#include "protocol/create_topics.h"
#include "protocol/delete_acls.h"
#include "protocol/delete_topics.h"
#include "protocol/elect_leaders.h"
#include "protocol/incremental_alter_configs.h"
#include "protocol/unregister_broker.h"
#include "protocol/update_features.h"

namespace barnabas {

AppliedController::AppliedController(ControllerClient& controller, const MetadataCache& agreed, MetadataCache& applied)
    : controller_(controller), agreed_(agreed), applied_(applied) {
    applied.subscribe([this](const MetadataDelta& delta) { tell(delta.after->provenance.last_offset); });
}

void AppliedController::tell(Offset reached) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(waiting_, [&](const Waiting& each) {
        if (each.wanted > reached) {
            return false;
        }
        each.waiter->notify();
        return true;
    });
}

Task<> AppliedController::catch_up(Instant deadline) {
    const Offset wanted = agreed_.image()->provenance.last_offset;
    if (applied_.image()->provenance.last_offset >= wanted) {
        co_return;
    }
    const auto waiter = Waiter::on(*EventLoop::current());
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back({wanted, waiter});
    }
    tell(applied_.image()->provenance.last_offset);  // which may have come between the two looks
    co_await waiter->wait(deadline);
}

#define CONTROLLER_REQUEST(name)                                                                            \
    Task<Expected<name##Response>> AppliedController::submit(                                               \
        name##Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota \
    ) {                                                                                                     \
        auto reply = co_await controller_.submit(std::move(request), version, deadline, std::move(quota));  \
        co_await catch_up(deadline);                                                                        \
        co_return reply;                                                                                    \
    }
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

}  // namespace barnabas
