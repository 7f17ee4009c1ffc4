#pragma once

#include <chrono>
#include <vector>

#include "common/clock.h"

namespace barnabas {

/// How the past is cut into samples: `quota.window.num` of `quota.window.size.seconds`, and their like.
struct QuotaWindows {
    std::size_t samples = 11;
    std::chrono::milliseconds length{1000};

    /// What is looked back on at least.
    [[nodiscard]] std::chrono::milliseconds span() const {
        return length * static_cast<std::int64_t>(samples > 1 ? samples - 1 : 1);
    }
};

/// How much happened a second, of late: the sum of the samples that overlap the windows, divided by the time since the
/// oldest of them began, or by all windows but one where that is longer. So a client that was idle may use at once what
/// it may use in `samples - 1` windows.
class SampledRate {
public:
    explicit SampledRate(QuotaWindows windows) : windows_(windows) {}

    /// `now` never goes back.
    void record(double amount, Instant now);

    struct Measure {
        double a_second;
        std::chrono::duration<double> window;  ///< by which was divided
    };
    [[nodiscard]] Measure measure(Instant now);

private:
    struct Sample {
        Instant start;
        Instant last;
        double amount = 0;
    };

    QuotaWindows windows_;
    std::vector<Sample> samples_;  ///< a ring, one longer than there are windows
    std::size_t current_ = 0;
};

/// The most that a response can tell.
inline constexpr std::chrono::milliseconds longest_throttle{INT32_MAX};

/// How long it takes until a rate of `measure` has come down to `limit`, when nothing more happens.
[[nodiscard]] std::chrono::milliseconds throttle_time(const SampledRate::Measure& measure, double limit);

}  // namespace barnabas
