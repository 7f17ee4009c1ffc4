#pragma once

#include <cstdint>

#include "common/clock.h"

namespace barnabas {

/// One moment on both clocks: deadlines count on the first, records carry the second.
struct Moment {
    Instant instant{};
    Timestamp timestamp = no_timestamp;

    [[nodiscard]] std::int64_t millis() const { return timestamp.time_since_epoch().count(); }
};

}  // namespace barnabas
