#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/clock.h"
#include "io/task.h"

namespace barnabas {

/// Where coroutines of one loop wait until another one of the same loop has changed something. Who waits looks again
/// at what it waits for: a notification that nobody waited for is lost.
class Signal {
public:
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    explicit Signal(const Executor& executor) : timer_(executor, Instant::max()) {}

    /// Until notified, or until `deadline`.
    Task<> wait(Instant deadline = Instant::max()) {
        boost::system::error_code ignored;
        if (deadline == Instant::max()) {
            co_await timer_.async_wait(boost::asio::redirect_error(use_task, ignored));
            co_return;
        }
        Timer limit(timer_.get_executor(), deadline);
        limit.async_wait([this](const boost::system::error_code& ended) {
            if (!ended) {
                notify();
            }
        });
        co_await timer_.async_wait(boost::asio::redirect_error(use_task, ignored));
    }
    void notify() { timer_.cancel(); }

private:
    Timer timer_;
};

}  // namespace barnabas
