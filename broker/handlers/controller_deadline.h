#pragma once

#include <algorithm>
#include <chrono>

#include "handlers/request_context.h"

namespace barnabas {

/// How long a request may wait for the controller: what the client grants, at least long enough to ask at all.
[[nodiscard]] inline Instant controller_deadline(const RequestContext& context, std::int32_t timeout_ms) {
    return context.arrived + std::chrono::milliseconds(std::max(timeout_ms, 1));
}

/// For requests that have no time-out of their own: Kafka's `request.timeout.ms` of the broker.
inline constexpr std::int32_t controller_timeout_ms = 30'000;

}  // namespace barnabas
