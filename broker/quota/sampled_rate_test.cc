#include "quota/sampled_rate.h"

#include <gtest/gtest.h>

#include "quota/token_bucket.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

const Instant start{std::chrono::hours(1)};

/// The example of Kafka's own documentation of its quotas: 500 bytes a second, 11 windows of one second.
TEST(SampledRate, SpikeOverTheQuotaWaitsUntilTheRateIsBack) {
    SampledRate rate({});
    Instant now = start;
    for (int i = 0; i < 10; ++i, now += 1s) {
        rate.record(400, now);
        EXPECT_EQ(throttle_time(rate.measure(now), 500), 0ms);
    }
    now += 500ms;
    rate.record(2300, now);  // 6300 bytes in 10.5 s are 600 a second: (600 - 500) / 500 * 10.5 s
    const auto measure = rate.measure(now);
    EXPECT_DOUBLE_EQ(measure.a_second, 600);
    EXPECT_DOUBLE_EQ(measure.window.count(), 10.5);
    EXPECT_EQ(throttle_time(measure, 500), 2100ms);
}

TEST(SampledRate, IdleClientMayUseAllWindowsAtOnce) {
    SampledRate rate({});
    rate.record(5000, start);
    EXPECT_EQ(throttle_time(rate.measure(start), 500), 0ms);
    rate.record(1, start);
    EXPECT_EQ(throttle_time(rate.measure(start), 500), 2ms);
}

TEST(SampledRate, ForgetsWhatLeftTheWindows) {
    SampledRate rate({});
    rate.record(1000, start);
    EXPECT_GT(rate.measure(start + 10999ms).a_second, 0);
    EXPECT_EQ(rate.measure(start + 11s).a_second, 0);
    EXPECT_DOUBLE_EQ(rate.measure(start + 11s).window.count(), 10);
}

TEST(SampledRate, HoldsAConstantLoadAtItsLimit) {
    SampledRate rate({});
    double sent = 0;
    for (Instant now = start; now < start + 55s;) {  // as fast as the waits allow, five times all windows
        rate.record(100, now);
        sent += 100;
        now += 1ms + throttle_time(rate.measure(now), 1000);
    }
    EXPECT_NEAR(sent / 55, 1000, 50);
}

TEST(SampledRate, TakesBackWhatWasNotSent) {
    SampledRate rate({});
    rate.record(300, start);
    rate.record(5000, start + 2s);
    rate.record(-5000, start + 2s);
    EXPECT_DOUBLE_EQ(rate.measure(start + 2s).a_second * rate.measure(start + 2s).window.count(), 300);
}

TEST(SampledRate, OtherWindows) {
    SampledRate rate({3, 2000ms});
    rate.record(80, start);
    EXPECT_DOUBLE_EQ(rate.measure(start).a_second, 20);
    EXPECT_DOUBLE_EQ(rate.measure(start + 5s).a_second, 16);
    SampledRate one({1, 1000ms});
    one.record(80, start);
    EXPECT_DOUBLE_EQ(one.measure(start).a_second, 80);
}

TEST(SampledRate, WaitsAreBounded) {
    SampledRate rate({});
    rate.record(1e18, start);
    EXPECT_EQ(throttle_time(rate.measure(start), 1), longest_throttle);
    EXPECT_EQ(throttle_time(rate.measure(start), 0), longest_throttle);
}

// Ten partitions a second, ten windows of one second: a burst of 100 (KIP-599).
TEST(TokenBucket, BurstThenRate) {
    TokenBucket bucket({10, 1000ms});
    EXPECT_EQ(bucket.tokens(10, start), 100);
    bucket.take(110, 10, start);
    EXPECT_EQ(bucket.tokens(10, start), -10);
    EXPECT_EQ(bucket.throttle_time(10, start), 1000ms);
    EXPECT_EQ(bucket.throttle_time(10, start + 400ms), 600ms);
    EXPECT_EQ(bucket.throttle_time(10, start + 1s), 0ms);
    EXPECT_EQ(bucket.tokens(10, start + 1h), 100);
}

TEST(TokenBucket, FollowsItsRate) {
    TokenBucket bucket({11, 1000ms});
    bucket.take(22, 2, start);
    EXPECT_EQ(bucket.tokens(2, start), 0);
    EXPECT_EQ(bucket.tokens(5, start + 1s), 5);
    EXPECT_EQ(bucket.tokens(1, start + 100s), 11);
}

}  // namespace
}  // namespace barnabas
