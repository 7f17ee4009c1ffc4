#include "latencies.h"

#include <gtest/gtest.h>

namespace barnabas::bench {
namespace {

using std::chrono::nanoseconds;

TEST(Latencies, AreZeroWhenThereIsNone) {
    EXPECT_EQ(Latencies().percentile(0.5), nanoseconds(0));
}

TEST(Latencies, TellPercentilesToTwoPercent) {
    Latencies latencies;
    for (int i = 1; i <= 100'000; ++i) {
        latencies.add(nanoseconds(i * 1000));
    }
    EXPECT_EQ(latencies.count(), 100'000);
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
        const auto exact = share * 100'000 * 1000;
        EXPECT_NEAR(static_cast<double>(latencies.percentile(share).count()), exact, exact * 0.02) << share;
    }
    EXPECT_EQ(latencies.percentile(1), nanoseconds(100'000'000));
}

TEST(Latencies, TellSmallOnesExactly) {
    Latencies latencies;
    for (const int each : {3, 5, 63, 64, 127}) {
        latencies.add(nanoseconds(each));
    }
    EXPECT_EQ(latencies.percentile(0.2), nanoseconds(3));
    EXPECT_EQ(latencies.percentile(0.6), nanoseconds(63));
    EXPECT_EQ(latencies.percentile(0.8), nanoseconds(64));
    EXPECT_EQ(latencies.percentile(1.0), nanoseconds(127));
}

TEST(Latencies, AreAddedUp) {
    Latencies some, others;
    some.add(nanoseconds(10));
    others.add(nanoseconds(20));
    others.add(nanoseconds(30));
    some.add(others);
    EXPECT_EQ(some.count(), 3);
    EXPECT_EQ(some.percentile(0.5), nanoseconds(20));
    EXPECT_EQ(some.percentile(1), nanoseconds(30));
}

}  // namespace
}  // namespace barnabas::bench
