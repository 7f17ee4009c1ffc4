#include "quota/sampled_rate.h"

#include <algorithm>
#include <cmath>

namespace barnabas {

void SampledRate::record(double amount, Instant now) {
    if (samples_.empty()) {
        samples_.push_back({now, now});
    } else if (now - samples_[current_].start >= windows_.length) {
        current_ = (current_ + 1) % (windows_.samples + 1);
        if (current_ == samples_.size()) {
            samples_.push_back({});
        }
        samples_[current_] = {now, now};
    }
    samples_[current_].amount += amount;
    samples_[current_].last = now;
}

SampledRate::Measure SampledRate::measure(Instant now) {
    const auto old = windows_.length * static_cast<std::int64_t>(windows_.samples);
    Instant oldest = now;
    double sum = 0;
    for (Sample& sample : samples_) {
        if (now - sample.last >= old) {
            sample = {now, now};
        }
        oldest = std::min(oldest, sample.start);
        sum += sample.amount;
    }
    const std::chrono::nanoseconds elapsed = now - oldest;
    const std::int64_t missing = static_cast<std::int64_t>(windows_.samples) - 1 - elapsed / windows_.length;
    const std::chrono::duration<double> window = std::max<std::chrono::nanoseconds>(
        elapsed + std::max<std::int64_t>(missing, 0) * windows_.length, windows_.length
    );
    return {sum / window.count(), window};
}

std::chrono::milliseconds throttle_time(const SampledRate::Measure& measure, double limit) {
    if (measure.a_second <= limit) {
        return {};
    }
    const double seconds = (measure.a_second - limit) / limit * measure.window.count();
    constexpr auto longest = static_cast<double>(longest_throttle.count());
    return seconds * 1000 < longest ? std::chrono::milliseconds(std::llround(seconds * 1000)) : longest_throttle;
}

}  // namespace barnabas
