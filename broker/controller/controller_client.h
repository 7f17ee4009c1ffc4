#pragma once

#include "common/clock.h"
#include "io/task.h"
#include "model/error.h"
#include "quota/mutation_quota.h"

namespace barnabas {

#define CONTROLLER_REQUEST(name) \
    struct name##Request;        \
    struct name##Response;
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

/// The active controller, as the brokers and handlers of this node reach it. Lives as long as the node; any loop.
///
///     auto reply = co_await broker.controller.submit(std::move(request), context.version, deadline);
///
/// The answer comes when what was decided is committed, and this node's metadata image holds it if this node is the
/// controller. What single parts of the request met stands in the response; an error is one of the whole:
/// not_controller when there is no active controller, or it lost its office meanwhile (what was asked may yet be
/// done); request_timed_out past `deadline`, or when the waiting coroutine was cancelled. `version` is that of the
/// request: it decides which of its fields count. `quota` is charged for partitions that are made or removed; null:
/// they are free. Views in the request must live until the first suspension only.
class ControllerClient {
public:
    virtual ~ControllerClient() = default;

#define CONTROLLER_REQUEST(name)                                                                                 \
    [[nodiscard]] virtual Task<Expected<name##Response>> submit(                                                 \
        name##Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota = {} \
    ) = 0;
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST
};

}  // namespace barnabas
