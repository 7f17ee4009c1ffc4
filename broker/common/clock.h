#pragma once

#include <algorithm>
#include <chrono>

namespace barnabas {

/// A moment on a clock that never goes back, counted from an arbitrary start: for deadlines and time-outs.
using Instant = std::chrono::steady_clock::time_point;

/// A moment of the calendar in milliseconds since 1970-01-01 UTC, as records carry it.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// What Kafka writes as -1: no timestamp.
inline constexpr Timestamp no_timestamp{std::chrono::milliseconds(-1)};

/// `now` + `wait`, where `wait` may be longer than an Instant can tell.
[[nodiscard]] inline Instant later(Instant now, std::chrono::milliseconds wait) {
    return now + std::min<std::chrono::milliseconds>(wait, std::chrono::years(10));
}

/// Where the time comes from. The real one is `system_clock()`; tests and the simulator have their own.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual Timestamp timestamp() const = 0;
};

/// The machine's clock. Lives as long as the process; safe from any thread.
[[nodiscard]] const Clock& system_clock();

}  // namespace barnabas
