#include "io/waiter.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <future>

namespace barnabas {
namespace {

using namespace std::chrono_literals;

struct WaiterTest : testing::Test {
    EventLoop loop{"test"};

    WaiterTest() { loop.start(); }

    static Task<> store(std::shared_ptr<Waiter> waiter, Instant deadline, std::shared_ptr<std::promise<bool>> result) {
        result->set_value(co_await waiter->wait(deadline));
    }

    std::future<bool> wait(const std::shared_ptr<Waiter>& waiter, Instant deadline) {
        auto result = std::make_shared<std::promise<bool>>();
        loop.spawn("wait", store(waiter, deadline, result));
        return result->get_future();
    }
};

TEST_F(WaiterTest, EndsWhenAnotherThreadNotifies) {
    const auto waiter = Waiter::on(loop);
    auto result = wait(waiter, Instant::max());
    EXPECT_EQ(result.wait_for(20ms), std::future_status::timeout);
    waiter->notify();
    EXPECT_TRUE(result.get());
}

TEST_F(WaiterTest, EndsAtItsDeadline) {
    const auto start = system_clock().now();
    EXPECT_FALSE(wait(Waiter::on(loop), start + 30ms).get());
    EXPECT_GE(system_clock().now() - start, 30ms);
}

TEST_F(WaiterTest, KeepsANotificationThatComesBeforeTheWait) {
    const auto waiter = Waiter::on(loop);
    waiter->notify();
    waiter->notify();
    EXPECT_TRUE(waiter->notified());
    EXPECT_TRUE(wait(waiter, Instant::max()).get());
}

TEST_F(WaiterTest, ConsumesANotificationByOneWait) {
    const auto waiter = Waiter::on(loop);
    waiter->notify();
    EXPECT_TRUE(wait(waiter, Instant::max()).get());
    EXPECT_FALSE(wait(waiter, system_clock().now() + 5ms).get());
    auto third = wait(waiter, Instant::max());
    waiter->notify();
    EXPECT_TRUE(third.get());
}

TEST_F(WaiterTest, OutlivesWhoNotifies) {
    auto waiter = Waiter::on(loop);
    auto result = wait(waiter, Instant::max());
    std::this_thread::sleep_for(10ms);
    waiter->notify();
    waiter.reset();
    EXPECT_TRUE(result.get());
}

Task<> cancellable(std::shared_ptr<Waiter> waiter, std::shared_ptr<std::promise<bool>> result) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    result->set_value(co_await waiter->wait(Instant::max()));
}

TEST_F(WaiterTest, EndsWhenItsCoroutineIsCancelled) {
    boost::asio::cancellation_signal signal;
    auto result = std::make_shared<std::promise<bool>>();
    auto future = result->get_future();
    boost::asio::co_spawn(
        loop.context(), cancellable(Waiter::on(loop), result),
        boost::asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {})
    );
    EXPECT_EQ(future.wait_for(20ms), std::future_status::timeout);
    loop.post([&signal] { signal.emit(boost::asio::cancellation_type::terminal); });
    EXPECT_FALSE(future.get());
    loop.stop();
}

TEST_F(WaiterTest, LosesNoNotificationInARace) {
    for (int i = 0; i < 2000; ++i) {
        const auto waiter = Waiter::on(loop);
        auto result = wait(waiter, system_clock().now() + 10s);
        waiter->notify();
        ASSERT_TRUE(result.get());
    }
}

}  // namespace
}  // namespace barnabas
