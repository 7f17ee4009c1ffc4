#pragma once

#include "common/random.h"
#include "controller/broker_lifecycle.h"
#include "node/node_directories.h"

namespace barnabas {

/// How this node's controller registers (KIP-919).
[[nodiscard]] ControllerRegistration controller_registration(
    const Config& config, const Listeners& listeners, const Uuid& incarnation
);

/// How this node's broker registers and keeps in touch.
[[nodiscard]] BrokerLifecycle::Options broker_lifecycle_options(
    const Config& config, const Listeners& listeners, const NodeDirectories& directories, BrokerEpoch previous_epoch,
    Random& random
);

}  // namespace barnabas
