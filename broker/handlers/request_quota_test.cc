#include "handlers/request_quota.h"

#include <gtest/gtest.h>

#include "handlers/broker.h"
#include "handlers/features.h"
#include "protocol/produce.h"
#include "protocol/sasl_authenticate.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

struct NoFeatures final : FeatureSource {
    Features features() const override { return {}; }
};

struct RequestQuotaTest : testing::Test {
    EventLoop loop{"test"};
    Session session{loop, "127.0.0.1:5", "/127.0.0.1", "PLAINTEXT"};
    NoFeatures features;
    alignas(64) std::byte nowhere[64];
    Broker& broker = reinterpret_cast<Broker&>(nowhere);  // nothing here asks it
    Metrics metrics;
    Quotas quotas{Config(), metrics};
    ClientQuotasImage image;

    void limit(QuotaKind kind, double value) {
        ClientQuotaRecord record;
        auto& part = record.entity.emplace_back();
        part.entity_type = quota_client_id;
        part.entity_name = "slow";
        record.key = limit_key(kind);
        record.value = value;
        image.apply(record);
        quotas.clients().change(image);
    }

    RequestContext request(
        std::size_t size, std::int16_t api_key = ProduceRequest::api_key,
        std::optional<std::string_view> client_id = "slow"
    ) {
        RequestContext context{session, broker, features};
        context.api_key = api_key;
        context.client_id = client_id;
        context.under_quota = RequestQuota::begin(quotas, context, size);
        return context;
    }

    std::chrono::milliseconds produce(std::size_t size) {
        RequestContext context = request(size);
        context.quota()->count_produced();
        context.quota()->settle(context);
        return context.mute;
    }

    /// (held back, mute)
    std::pair<bool, std::chrono::milliseconds> fetch(std::size_t size) {
        RequestContext context = request(50);
        const bool held_back = context.quota()->holds_back_fetch(size);
        context.quota()->settle(context);
        return {held_back, context.mute};
    }

    static void work(std::chrono::milliseconds time) {
        const Instant until = system_clock().now() + time;
        while (system_clock().now() < until) {
        }
    }
};

TEST_F(RequestQuotaTest, ProducesWaitForWhatTheyAreOver) {
    limit(QuotaKind::produce, 1000);
    EXPECT_EQ(produce(10'000), 0ms);
    EXPECT_NEAR(static_cast<double>(produce(5'000).count()), 5000, 50);
    EXPECT_EQ(metrics.counter(Metric::quota_used, {"produce"}).value(), 15'000);
}

TEST_F(RequestQuotaTest, AClientWithoutLimitDoesNotWait) {
    limit(QuotaKind::produce, 1);
    RequestContext context = request(1'000'000, ProduceRequest::api_key, std::nullopt);
    context.quota()->count_produced();
    EXPECT_EQ(context.quota()->mutations(true), nullptr);
    context.quota()->settle(context);
    EXPECT_EQ(context.mute, 0ms);
}

TEST_F(RequestQuotaTest, AFetchIsHeldBackAndNotCounted) {
    limit(QuotaKind::fetch, 1000);
    EXPECT_EQ(fetch(9'000), std::pair(false, 0ms));
    const auto [held_back, wait] = fetch(3'000);
    EXPECT_TRUE(held_back);
    EXPECT_NEAR(static_cast<double>(wait.count()), 2000, 50);
    EXPECT_EQ(fetch(500), std::pair(false, 0ms));
    EXPECT_EQ(metrics.counter(Metric::quota_used, {"fetch"}).value(), 9'500);
}

TEST_F(RequestQuotaTest, ABatchThatNoWindowHoldsIsSentOnce) {
    limit(QuotaKind::fetch, 100);
    const auto [held_back, wait] = fetch(5'000);
    EXPECT_FALSE(held_back);
    EXPECT_NEAR(static_cast<double>(wait.count()), 40'000, 50);
    EXPECT_TRUE(fetch(5'000).first);
}

TEST_F(RequestQuotaTest, TimeOfThreadsHoldsBackWhatIsToBeFetched) {
    limit(QuotaKind::request, 0.1);
    limit(QuotaKind::fetch, 1000);
    RequestContext context = request(50);
    work(30ms);  // 10 ms are all that a client has in ten seconds
    EXPECT_TRUE(context.quota()->holds_back_fetch(5'000));
    context.quota()->settle(context);
    EXPECT_EQ(context.mute, 1s);
    EXPECT_EQ(metrics.counter(Metric::quota_used, {"fetch"}).value(), 0);
    EXPECT_GE(metrics.counter(Metric::quota_used, {"request"}).value(), 30'000);
}

TEST_F(RequestQuotaTest, SendingCountsForTheNextRequest) {
    limit(QuotaKind::request, 0.1);
    RequestContext first = request(50);
    first.quota()->settle(first);
    EXPECT_EQ(first.mute, 0ms);
    first.quota()->begin_sending();
    work(20ms);
    first.quota()->end_sending();
    RequestContext second = request(50);
    second.quota()->settle(second);
    EXPECT_EQ(second.mute, 1s);
}

TEST_F(RequestQuotaTest, WhatIsExemptCountsForNobody) {
    limit(QuotaKind::request, 0.1);
    RequestContext context = request(50);
    work(20ms);
    context.quota()->exempt();
    context.quota()->settle(context);
    context.quota()->begin_sending();
    work(20ms);
    context.quota()->end_sending();
    context.quota()->stop();
    EXPECT_EQ(context.mute, 0ms);
    EXPECT_EQ(metrics.counter(Metric::quota_used, {"request"}).value(), 0);
    EXPECT_EQ(request(50, SaslAuthenticateRequest::api_key).quota(), nullptr);
    session.authenticated = false;
    EXPECT_EQ(request(50).quota(), nullptr);
}

}  // namespace
}  // namespace barnabas
