#include "io/busy_time.h"

#include <gtest/gtest.h>

#include <thread>

#include "io/background_pool.h"
#include "io/waiter.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

void work(std::chrono::milliseconds time) {
    const Instant until = system_clock().now() + time;
    while (system_clock().now() < until) {
    }
}

Task<> measured(EventLoop& loop, BackgroundPool& pool, std::chrono::milliseconds& busy, std::atomic<int>& done) {
    BusyTime time;
    time.begin();
    work(20ms);
    co_await Waiter::on(loop)->wait(system_clock().now() + 200ms);
    co_await pool.run([] { std::this_thread::sleep_for(200ms); });
    work(10ms);
    busy = std::chrono::duration_cast<std::chrono::milliseconds>(time.end());
    done.fetch_add(1);
    done.notify_all();
}

TEST(BusyTime, WaitsAreNotCountedNorOthersOnTheLoop) {
    BackgroundPool pool(2, 10);
    EventLoop loop("busy");
    std::chrono::milliseconds first{}, second{};
    std::atomic<int> done = 0;
    loop.spawn("first", measured(loop, pool, first, done));
    loop.spawn("second", measured(loop, pool, second, done));
    loop.start();
    for (int seen = 0; seen < 2; seen = done.load()) {
        done.wait(seen);
    }
    for (const auto busy : {first, second}) {
        EXPECT_GE(busy, 30ms);
        EXPECT_LT(busy, 200ms);
    }
    pool.stop();
    loop.stop();
}

TEST(BusyTime, EndsOnce) {
    BusyTime time;
    EXPECT_EQ(BusyTime::pause(), nullptr);
    time.begin();
    work(1ms);
    const auto taken = time.end();
    EXPECT_GE(taken, 1ms);
    work(1ms);
    EXPECT_EQ(time.end(), taken);
    EXPECT_EQ(BusyTime::pause(), nullptr);
}

}  // namespace
}  // namespace barnabas
