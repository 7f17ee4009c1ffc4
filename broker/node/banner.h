#pragma once

#include "common/clock.h"
#include "config/listeners.h"

namespace barnabas {

/// What a person wants to know once the node serves.
struct Banner {
    const Config& config;
    const Listeners& listeners;
    const std::string& cluster_id;
    bool formatted_now;
    Instant::duration took;
};

/// Tells it as events: version, node and cluster, data directories, listeners, and how to connect.
void tell_banner(const Banner& banner);

}  // namespace barnabas
