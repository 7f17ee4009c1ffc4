#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>

#include "common/random.h"
#include "controller/controller_client.h"
#include "io/waiter.h"
#include "metadata/broker_registration.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

/// How this broker belongs to the cluster (KIP-631): it registers with the controller, says that it lives, is unfenced
/// once it has caught up with the metadata and is ready, and asks to be let go before it stops.
///
/// Its coroutine runs on one loop, which must be stopped before it is destroyed; what is said to it comes from any
/// thread. Make it before the first image is published.
class BrokerLifecycle {
public:
    struct Options {
        BrokerRegistration self;  ///< without epoch
        std::string cluster_id;
        BrokerEpoch previous_epoch{-1};  ///< of the run before, when it ended cleanly
        std::chrono::milliseconds heartbeat_interval;
        std::chrono::milliseconds session_timeout;
        std::chrono::milliseconds registration_timeout;
    };

    enum class State : std::uint8_t {
        starting,  ///< not registered yet, or fenced: it has no leadership and is not shown to clients
        running,
        leaving,  ///< others take over what it leads
        gone,     ///< it may stop, or its registration was refused
    };

    BrokerLifecycle(
        EventLoop& loop, ControllerClient& controller, MetadataCache& metadata, const Clock& clock, Random random,
        Options options
    );

    /// Registers, then sends heartbeats until `leave()` has come to its end, or `stop()`. An error is final: the
    /// controller refuses this broker, or none answered within the registration timeout.
    Task<Expected<void>> run();

    /// The logs are recovered and the listeners are open: the broker may be unfenced.
    void set_ready();
    /// Begins the controlled shutdown; `run()` returns when the controller lets go. Who calls it bounds the wait.
    void leave();
    /// `run()` returns soon, whatever the state.
    void stop();
    /// The directory is lost; the controller is told with the next heartbeats, the first of which is sent at once.
    void directory_failed(const Uuid& directory);

    [[nodiscard]] State state() const { return state_; }
    /// -1 until it has registered.
    [[nodiscard]] BrokerEpoch epoch() const { return {epoch_}; }

private:
    [[nodiscard]] Task<Expected<void>> register_self();
    [[nodiscard]] Task<> heartbeat();
    [[nodiscard]] bool is_caught_up() const;
    [[nodiscard]] std::vector<Uuid> offline_directories() const;

    ControllerClient& controller_;
    MetadataCache& metadata_;
    const Clock& clock_;
    Random random_;
    const Options options_;
    std::shared_ptr<Waiter> waiter_;
    std::atomic<State> state_{State::starting};
    std::atomic<std::int64_t> epoch_{-1};
    std::atomic<bool> ready_{false};
    std::atomic<bool> leaving_{false};
    std::atomic<bool> stopped_{false};
    mutable std::mutex mutex_;  ///< guards `offline_`
    std::set<Uuid> offline_;
};

}  // namespace barnabas
