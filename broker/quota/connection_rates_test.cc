#include "quota/connection_rates.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace barnabas {
namespace {

using namespace std::chrono_literals;

const Instant dawn{std::chrono::hours(6)};
const std::string plain = "plaintext", brokers = "replication";

TEST(ConnectionRates, NobodyWaitsWithoutLimit) {
    ConnectionRates rates({}, {});
    for (int i = 0; i < 100'000; ++i) {
        ASSERT_EQ(rates.accept({plain, true}, dawn), 0ms);
        ASSERT_EQ(rates.admit("10.0.0.1", {plain, true}, dawn), 0ms);
    }
}

TEST(ConnectionRates, NodeTakesThemAtItsRate) {
    ConnectionRates rates({}, {.of_node = 10});
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(rates.accept({plain, true}, dawn), 0ms);
    }
    EXPECT_EQ(rates.accept({plain, true}, dawn), 100ms);
    EXPECT_EQ(rates.accept({brokers, false}, dawn), 0ms);
    for (int i = 0; i < 100; ++i) {
        (void)rates.accept({plain, true}, dawn);
    }
    EXPECT_EQ(rates.accept({plain, true}, dawn), 1s);  // never longer than a window
}

TEST(ConnectionRates, ListenerHasItsOwn) {
    ConnectionRates rates({}, {.of_node = 100, .of_listener = {{brokers, 1}}});
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(rates.accept({brokers, false}, dawn), 0ms);
    }
    EXPECT_EQ(rates.accept({brokers, false}, dawn), 1s);
    EXPECT_EQ(rates.accept({plain, true}, dawn), 0ms);
    rates.change(ConnectionRateLimits{});
    EXPECT_EQ(rates.accept({brokers, false}, dawn), 0ms);
}

TEST(ConnectionRates, AddressIsTurnedAwayAndNotCounted) {
    ConnectionRates rates({}, {.of_node = 2});
    rates.change(AddressRateLimits{1, {{"10.0.0.2", 2}}});
    const auto come = [&](const std::string& address) {
        EXPECT_EQ(rates.accept({plain, true}, dawn), 0ms);
        return rates.admit(address, {plain, true}, dawn);
    };
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(come("10.0.0.1"), 0ms);
    }
    for (int i = 0; i < 50; ++i) {  // more than the node takes, were they counted
        EXPECT_EQ(come("10.0.0.1"), 1s);
    }
    EXPECT_EQ(come("10.0.0.2"), 0ms);
    EXPECT_EQ(rates.accept({plain, true}, dawn + 11s), 0ms);
    EXPECT_EQ(rates.admit("10.0.0.1", {plain, true}, dawn + 11s), 0ms);
}

TEST(ConnectionRates, ShutOut) {
    ConnectionRates rates({}, {});
    rates.change(AddressRateLimits{.of_address = {{"10.0.0.9", 0}}});
    EXPECT_EQ(rates.admit("10.0.0.9", {plain, true}, dawn), 1s);
    EXPECT_EQ(rates.admit("10.0.0.8", {plain, true}, dawn), 0ms);
}

// The thread sanitizer looks on.
TEST(ConnectionRates, CountsEveryConnectionOnSeveralThreads) {
    constexpr int each = 2'000;
    ConnectionRates rates({}, {.of_node = 1'000'000});
    rates.change(AddressRateLimits{.of_others = each, .of_address = {}});
    std::atomic<int> admitted = 0;
    const auto connect = [&](const std::string& address) {
        for (int i = 0; i < each; ++i) {
            (void)rates.accept({plain, true}, dawn);
            admitted += rates.admit(address, {plain, true}, dawn) == 0ms ? 1 : 0;
        }
    };
    std::thread first([&] { connect("10.0.0.1"); }), second([&] { connect("10.0.0.1"); }),
        other([&] { connect("10.0.0.2"); });
    for (int i = 0; i < 100; ++i) {
        rates.change(ConnectionRateLimits{.of_node = 1'000'000 + i, .of_listener = {}});
        rates.expire(dawn);
    }
    first.join();
    second.join();
    other.join();
    EXPECT_EQ(admitted, 3 * each) << "all of them are within the windows' limit";
}

}  // namespace
}  // namespace barnabas
