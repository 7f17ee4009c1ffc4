#include "client/retry.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace barnabas {

namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::chrono::milliseconds longest_backoff{1000};

}  // namespace

Task<> sleep_for(std::chrono::milliseconds time) {
    Timer timer(co_await boost::asio::this_coro::executor, time);
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(use_task, ignored));
}

Task<bool> Retry::after(Error error) {
    if (!retriable(error.code) || system_clock().now() + backoff_ >= deadline_) {
        co_return false;
    }
    co_await sleep_for(backoff_);
    backoff_ = std::min(backoff_ * 2, longest_backoff);
    co_return true;
}

}  // namespace barnabas
