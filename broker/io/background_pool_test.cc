#include "io/background_pool.h"

#include <gtest/gtest.h>

#include <future>

namespace barnabas {
namespace {

struct Outcome {
    int value;
    bool on_loop;
    bool worked_elsewhere;
};

Task<> ask(BackgroundPool& pool, EventLoop& loop, std::promise<Outcome>& outcome) {
    const EventLoop* worker = &loop;
    auto value = co_await pool.run([&worker] {
        worker = EventLoop::current();
        return std::make_unique<int>(42);
    });
    co_await pool.run([&value] { ++*value; });
    outcome.set_value({*value, loop.in_thread(), worker == nullptr});
}

TEST(BackgroundPool, RunsAFunctionAndResumesTheCallerOnItsLoop) {
    EventLoop loop("test");
    loop.start();
    BackgroundPool pool(2, 10);
    std::promise<Outcome> outcome;
    loop.spawn("ask", ask(pool, loop, outcome));
    const Outcome got = outcome.get_future().get();
    EXPECT_EQ(got.value, 43);
    EXPECT_TRUE(got.on_loop);
    EXPECT_TRUE(got.worked_elsewhere);
}

TEST(BackgroundPool, RefusesAPostedJobWhenItsQueueIsFull) {
    std::promise<void> gate;
    std::promise<void> begun;
    BackgroundPool pool(1, 1);
    ASSERT_TRUE(pool.post([&begun, opened = gate.get_future()] {
        begun.set_value();
        opened.wait();
    }));
    begun.get_future().wait();
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_FALSE(pool.post([] {}));
    gate.set_value();
}

TEST(BackgroundPool, WorksWithAsManyThreadsAsItIsLastTold) {
    std::atomic<int> done = 0;
    BackgroundPool pool(1, 100);
    pool.resize(3);
    std::array<std::promise<void>, 3> begun;
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    for (auto& each : begun) {
        ASSERT_TRUE(pool.post([&each, opened] {
            each.set_value();
            opened.wait();
        }));
    }
    for (auto& each : begun) {
        each.get_future().wait();  // all three at once
    }
    pool.resize(1);
    gate.set_value();
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(pool.post([&done] { ++done; }));
    }
    pool.stop();
    EXPECT_EQ(done, 50);
}

TEST(BackgroundPool, RunsWhatIsQueuedBeforeItStops) {
    std::atomic<int> done = 0;
    BackgroundPool pool(2, 100);
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(pool.post([&done] { ++done; }));
    }
    pool.stop();
    EXPECT_EQ(done, 50);
    EXPECT_FALSE(pool.post([] {}));
}

}  // namespace
}  // namespace barnabas
