#pragma once

#include <optional>

#include "common/clock.h"

namespace barnabas::bench {

/// When requests are due: one each interval, or as soon as one may be sent where the interval is 0.
class Timetable {
public:
    Timetable(std::chrono::nanoseconds interval, Instant first) : interval_(interval), next_(first) {}

    /// When the next request is due; nothing without an interval.
    [[nodiscard]] std::optional<Instant> due() const {
        return interval_.count() > 0 ? std::optional(next_) : std::nullopt;
    }

    /// The moment from which the next request's latency counts, if its time has come, and it is taken off the table:
    /// when it was due, so that a late one cannot hide how late it is.
    std::optional<Instant> take(Instant now) {
        if (interval_.count() == 0) {
            return system_clock().now();
        }
        if (next_ > now) {
            return std::nullopt;
        }
        const Instant begun = next_;
        next_ += interval_;
        return begun;
    }

private:
    std::chrono::nanoseconds interval_;
    Instant next_;
};

}  // namespace barnabas::bench
