#include "io/waiter.h"

#include "common/check.h"
#include "io/busy_time.h"

namespace barnabas {

Task<bool> Waiter::wait(Instant deadline) {
    auto seen = State::idle;
    if (!state_.compare_exchange_strong(seen, State::waiting, std::memory_order_acq_rel)) {
        CHECK(seen == State::notified);  // else two coroutines wait at once
        state_.store(State::idle, std::memory_order_release);
        co_return true;
    }
    const auto self = shared_from_this();  // who notifies may be the last to hold this
    Timer timer(loop_.context(), deadline);
    timer_ = &timer;
    BusyTime* const busy = BusyTime::pause();
    co_await timer.async_wait(use_task_result);
    BusyTime::resume(busy);
    timer_ = nullptr;
    co_return state_.exchange(State::idle, std::memory_order_acq_rel) == State::notified;
}

void Waiter::notify() {
    if (state_.exchange(State::notified, std::memory_order_acq_rel) != State::waiting) {
        return;
    }
    loop_.post([self = shared_from_this()] {
        // Without a notification it is a later wait, which must not end because an earlier one was notified.
        if (self->timer_ != nullptr && self->notified()) {
            self->timer_->cancel();
        }
    });
}

}  // namespace barnabas
