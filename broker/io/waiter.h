#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "common/clock.h"
#include "io/event_loop.h"

namespace barnabas {

/// Where one coroutine waits for an event that another thread announces, or for a moment to pass.
///
/// A notification that comes before the wait is not lost, and one wait consumes it: so the same object serves a request
/// in the purgatory, which waits once, and a driver, which waits again and again for its next event or deadline.
/// Shared by who waits and who notifies; the loop must outlive it.
class Waiter : public std::enable_shared_from_this<Waiter> {
    struct Private {};

public:
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    Waiter(Private, EventLoop& loop) : loop_(loop) {}
    /// For a coroutine of `loop`.
    [[nodiscard]] static std::shared_ptr<Waiter> on(EventLoop& loop) {
        return std::make_shared<Waiter>(Private{}, loop);
    }

    /// True when notified; false when `deadline` passed, or when the coroutine was cancelled (its client hung up, the
    /// server stops). Instant::max() waits for ever. At most one coroutine at a time, on the loop.
    Task<bool> wait(Instant deadline);

    /// Ends the wait, or the next one. Any thread, any number of times, any locks held: it takes none for long.
    void notify();

    [[nodiscard]] bool notified() const { return state_.load(std::memory_order_acquire) == State::notified; }

private:
    enum class State : std::uint8_t { idle, waiting, notified };

    EventLoop& loop_;
    std::atomic<State> state_{State::idle};
    Timer* timer_ = nullptr;  ///< of the coroutine that waits; touched on the loop only
};

}  // namespace barnabas
