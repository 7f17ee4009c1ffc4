#include "quota/sensors.h"

#include <algorithm>

namespace barnabas {

/// Threads look at the clock before they take the lock.
Instant RateSensor::in_order(Instant now) {
    latest_ = std::max(latest_, now);
    used(latest_);
    return latest_;
}

std::chrono::milliseconds RateSensor::record(double amount, Instant now) {
    const std::scoped_lock lock(mutex_);
    now = in_order(now);
    rate_.record(amount, now);
    return throttle_time(rate_.measure(now), limit());
}

void RateSensor::add(double amount, Instant now) {
    const std::scoped_lock lock(mutex_);
    rate_.record(amount, in_order(now));
}

RateSensor::Trial RateSensor::try_record(double amount, Instant now) {
    const std::scoped_lock lock(mutex_);
    now = in_order(now);
    const SampledRate::Measure before = rate_.measure(now);
    const bool unused = before.a_second * before.window.count() <= most_at_once() / 100;
    rate_.record(amount, now);
    const auto wait = throttle_time(rate_.measure(now), limit());
    const bool taken = wait.count() == 0 || (unused && amount > most_at_once());
    if (!taken) {
        rate_.record(-amount, now);
    }
    return {wait, taken};
}

double RateSensor::most_at_once() const {
    return limit() * std::chrono::duration<double>(windows_.span()).count();
}

double RateSensor::rate(Instant now) {
    const std::scoped_lock lock(mutex_);
    latest_ = std::max(latest_, now);
    return rate_.measure(latest_).a_second;
}

MutationSensor::Verdict MutationSensor::take(double amount, bool strict, Instant now) {
    const std::scoped_lock lock(mutex_);
    latest_ = now = std::max(latest_, now);
    used(now);
    const double rate = limit();
    if (strict && bucket_.tokens(rate, now) < 0) {
        return {false, bucket_.throttle_time(rate, now)};
    }
    bucket_.take(amount, rate, now);
    return {true, strict ? std::chrono::milliseconds(0) : bucket_.throttle_time(rate, now)};
}

}  // namespace barnabas
