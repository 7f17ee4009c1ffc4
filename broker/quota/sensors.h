#pragma once

#include <atomic>
#include <mutex>

#include "quota/sampled_rate.h"
#include "quota/token_bucket.h"

namespace barnabas {

/// What so much of a thread's time is to the quota of requests: percent of a second.
[[nodiscard]] inline double percent_of_thread(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count() * 100;
}

/// What is common to sensors. Any thread.
class Sensor {
public:
    /// A second.
    void set_limit(double limit) { limit_.store(limit, std::memory_order_relaxed); }
    [[nodiscard]] double limit() const { return limit_.load(std::memory_order_relaxed); }
    [[nodiscard]] Instant last_used() const { return last_used_.load(std::memory_order_relaxed); }

protected:
    void used(Instant now) { last_used_.store(now, std::memory_order_relaxed); }

private:
    std::atomic<double> limit_{0};
    std::atomic<Instant> last_used_{Instant{}};
};

/// What one client uses of bytes, of time, of connections. Any thread; each call holds a lock of its own for a moment.
class RateSensor : public Sensor {
public:
    explicit RateSensor(QuotaWindows windows) : windows_(windows), rate_(windows) {}

    /// Counts `amount`, and answers how long the client must wait for it.
    [[nodiscard]] std::chrono::milliseconds record(double amount, Instant now);
    /// Counts it, and lets the client wait with its next request.
    void add(double amount, Instant now);
    /// Counts `amount` unless the client would have to wait for it; answers how long. An amount that is more than all
    /// windows hold is counted all the same when nothing else was used, with `taken` set: or it could never be had.
    struct Trial {
        std::chrono::milliseconds wait;
        bool taken;
    };
    [[nodiscard]] Trial try_record(double amount, Instant now);

    [[nodiscard]] std::chrono::milliseconds window() const { return windows_.length; }
    /// More than this at once can only lead to a wait.
    [[nodiscard]] double most_at_once() const;
    [[nodiscard]] double rate(Instant now);

private:
    const QuotaWindows windows_;
    std::mutex mutex_;  ///< guards `rate_`, and the order of time
    SampledRate rate_;
    Instant latest_{};

    [[nodiscard]] Instant in_order(Instant now);
};

/// What one client changes in the cluster. Any thread.
class MutationSensor : public Sensor {
public:
    explicit MutationSensor(QuotaWindows windows) : bucket_(windows) {}

    struct Verdict {
        bool done;
        std::chrono::milliseconds wait;
    };
    /// Takes `amount` and tells the wait; a `strict` one takes nothing while something is owed, and owes what it took
    /// without waiting itself.
    [[nodiscard]] Verdict take(double amount, bool strict, Instant now);

private:
    std::mutex mutex_;
    TokenBucket bucket_;
    Instant latest_{};
};

}  // namespace barnabas
