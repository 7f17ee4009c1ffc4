#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "controller/controller_client.h"
#include "io/waiter.h"
#include "metadata/metadata_image.h"
#include "model/ids.h"

namespace barnabas {

/// Tells the controller into which directories this broker put its replicas (KIP-858), where the choice was its own.
/// Its coroutine runs on one loop, which must be stopped before it is destroyed.
class DirectoryReports {
public:
    DirectoryReports(
        EventLoop& loop, ControllerClient& controller, const Clock& clock, NodeId self,
        std::function<BrokerEpoch()> broker_epoch
    );

    /// Reports what is added until `stop()`.
    Task<> run();
    /// Any thread. A later report for the same replica replaces an earlier one.
    void add(const TopicId& topic, PartitionId partition, const Uuid& directory);
    /// Any thread.
    void stop();

private:
    using Replica = std::pair<TopicId, PartitionId>;
    using Reports = std::map<Replica, Uuid>;

    [[nodiscard]] Reports take();
    /// Those that have to be sent again.
    [[nodiscard]] Task<Reports> send(Reports reports);

    ControllerClient& controller_;
    const Clock& clock_;
    const NodeId self_;
    const std::function<BrokerEpoch()> broker_epoch_;
    std::shared_ptr<Waiter> waiter_;
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;  ///< guards `waiting_`
    Reports waiting_;
};

}  // namespace barnabas
