#pragma once

#include "common/clock.h"

namespace barnabas {

/// Now, on both clocks: deadlines count on the one, records carry the other.
struct Moment {
    Instant instant;
    Timestamp timestamp = no_timestamp;
};

}  // namespace barnabas
