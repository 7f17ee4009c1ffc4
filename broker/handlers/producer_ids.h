#pragma once

#include <functional>
#include <mutex>

#include "common/clock.h"
#include "io/task.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

class ControllerClient;

/// Producer ids of this broker, from blocks that the controller gives out; none is ever given twice. Thread-safe.
class ProducerIds {
public:
    /// `broker_epoch` answers the epoch of this broker's registration, which the controller wants to see.
    ProducerIds(ControllerClient& controller, NodeId self, std::function<BrokerEpoch()> broker_epoch)
        : controller_(controller), self_(self), broker_epoch_(std::move(broker_epoch)) {}

    /// Errors: coordinator_load_in_progress while the controller gives none, so that clients try again.
    Task<Expected<ProducerId>> next(Instant deadline);

private:
    [[nodiscard]] std::optional<ProducerId> take();
    void put(std::int64_t first, std::int32_t count);

    ControllerClient& controller_;
    const NodeId self_;
    const std::function<BrokerEpoch()> broker_epoch_;
    std::mutex mutex_;
    std::int64_t next_ = 0;
    std::int64_t end_ = 0;
};

}  // namespace barnabas
