#pragma once

#include <chrono>

#include "common/clock.h"

namespace barnabas {

/// For how long a loop worked on one thing, its waits not counted: what waits on a loop (`Waiter`, `BackgroundPool`,
/// a connection for its socket) stops the measure of the coroutine meanwhile. Costs nothing while nobody measures.
///
/// Begun and ended by one coroutine, which it outlives. Ended before the coroutine ends.
class BusyTime {
public:
    BusyTime() = default;
    ~BusyTime() { end(); }
    BusyTime(const BusyTime&) = delete;
    BusyTime& operator=(const BusyTime&) = delete;

    /// Measures from now on, from nothing.
    void begin() {
        taken_ = {};
        go_on();
    }
    /// Measures no more; answers what was measured.
    std::chrono::nanoseconds end() {
        if (current_ == this) {
            pause();
        }
        return taken_;
    }

    /// Before the calling coroutine is suspended. Answers what is to be given to `resume` after; null: nothing is
    /// measured.
    static BusyTime* pause() {
        BusyTime* paused = current_;
        if (paused != nullptr) {
            current_ = nullptr;
            paused->taken_ += system_clock().now() - paused->since_;
        }
        return paused;
    }
    static void resume(BusyTime* paused) {
        if (paused != nullptr) {
            paused->go_on();
        }
    }

private:
    void go_on() {
        current_ = this;
        since_ = system_clock().now();
    }

    static inline thread_local BusyTime* current_ = nullptr;

    Instant since_{};
    std::chrono::nanoseconds taken_{0};
};

}  // namespace barnabas
