#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/broker_heartbeat.h"
#include "protocol/broker_registration.h"
#include "protocol/controller_registration.h"
#include "protocol/unregister_broker.h"

namespace barnabas {

// The requests by which nodes enter the cluster, say that they live, and leave (KIP-631). Errors stand in the replies.

[[nodiscard]] Decision<BrokerRegistrationResponse> register_broker(
    const Situation& situation, const BrokerRegistrationRequest& request
);

/// Fences, unfences and lets go, as the broker wishes and its state allows. Notes the heartbeat in the sessions.
[[nodiscard]] Decision<BrokerHeartbeatResponse> heartbeat(
    const Situation& situation, const BrokerHeartbeatRequest& request
);

[[nodiscard]] Decision<UnregisterBrokerResponse> unregister(
    const Situation& situation, const UnregisterBrokerRequest& request
);

[[nodiscard]] Decision<ControllerRegistrationResponse> register_controller(
    const Situation& situation, const ControllerRegistrationRequest& request
);

/// Fences one broker that was silent for a whole session; who fences all calls it again.
[[nodiscard]] MetadataRecords fence_silent_broker(const Situation& situation, NodeId broker);

/// Whether a broker that sends this may: it is registered, and with that epoch. Errors: broker_id_not_registered,
/// stale_broker_epoch.
[[nodiscard]] Expected<const BrokerRegistration*> expect_broker(
    const MetadataImage& image, NodeId broker, BrokerEpoch epoch
);

}  // namespace barnabas
