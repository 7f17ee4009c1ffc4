#pragma once

#include <memory>

#include "config/live_config.h"
#include "controller/controller_client.h"
#include "io/waiter.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

/// Removes delegation tokens whose time is over, every `delegation.token.expiry.check.interval.ms`. Until then they are
/// of no use already. Without `delegation.token.secret.key` there are no tokens, and those of another time stay.
class TokenExpiry {
public:
    /// All outlive it. Runs on `loop`.
    TokenExpiry(
        EventLoop& loop, ControllerClient& controller, const MetadataCache& metadata, const LiveConfig& config,
        const Clock& clock
    )
        : controller_(controller), metadata_(metadata), config_(config), clock_(clock), waiter_(Waiter::on(loop)) {}

    Task<> run();
    /// On the loop.
    void stop();

private:
    Task<> remove(DelegationTokenRecord token);

    ControllerClient& controller_;
    const MetadataCache& metadata_;
    const LiveConfig& config_;
    const Clock& clock_;
    std::shared_ptr<Waiter> waiter_;
    bool stopped_ = false;
};

}  // namespace barnabas
