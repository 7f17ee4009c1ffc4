#include "quota/client_quotas.h"

#include <gtest/gtest.h>

#include <thread>

#include "quota/mutation_quota.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using Name = std::optional<std::string>;

const Instant noon{std::chrono::hours(12)};

/// One entity's part: not there, its default, or a name.
struct Part {
    bool there = false;
    Name name = std::nullopt;
};
const Part none{};
const Part default_of{.there = true};
Part named(std::string name) {
    return {true, std::move(name)};
}

void set(
    ClientQuotasImage& image, const Part& user, const Part& client, double value, QuotaKind kind = QuotaKind::produce
) {
    ClientQuotaRecord record;
    for (const auto& [type, part] : {std::pair(quota_user, user), std::pair(quota_client_id, client)}) {
        if (part.there) {
            auto& each = record.entity.emplace_back();
            each.entity_type = type;
            each.entity_name = part.name;
        }
    }
    record.key = limit_key(kind);
    record.value = value;
    image.apply(record);
}

void set_address(ClientQuotasImage& image, double value) {
    ClientQuotaRecord record;
    auto& part = record.entity.emplace_back();
    part.entity_type = quota_ip;
    part.entity_name.reset();
    record.key = connection_rate_key;
    record.value = value;
    image.apply(record);
}

TEST(ClientLimit, MostSpecialCounts) {
    const std::vector<std::pair<Part, Part>> from_general = {
        {none, default_of},       {none, named("c")}, {default_of, none},       {default_of, default_of},
        {default_of, named("c")}, {named("u"), none}, {named("u"), default_of}, {named("u"), named("c")},
    };
    ClientQuotasImage image;
    EXPECT_EQ(find_client_limit(image, QuotaKind::produce, "u", "c"), std::nullopt);
    double value = 0;
    for (const auto& [user, client] : from_general) {
        set(image, user, client, ++value);
        EXPECT_EQ(
            find_client_limit(image, QuotaKind::produce, "u", "c"), (ClientLimit{value, user.there, client.there})
        );
        EXPECT_EQ(find_client_limit(image, QuotaKind::fetch, "u", "c"), std::nullopt);
    }
    EXPECT_EQ(find_client_limit(image, QuotaKind::produce, "u", "other"), (ClientLimit{7, true, true}));
    EXPECT_EQ(find_client_limit(image, QuotaKind::produce, "other", "c"), (ClientLimit{5, true, true}));
    EXPECT_EQ(find_client_limit(image, QuotaKind::produce, "other", "other"), (ClientLimit{4, true, true}));
}

TEST(ClientLimit, OfAnotherKindDoesNotHide) {
    ClientQuotasImage image;
    set(image, named("u"), named("c"), 1, QuotaKind::fetch);
    set(image, none, named("c"), 2, QuotaKind::produce);
    EXPECT_EQ(find_client_limit(image, QuotaKind::produce, "u", "c"), (ClientLimit{2, false, true}));
    EXPECT_TRUE(has_client_limit(image, QuotaKind::fetch));
    EXPECT_FALSE(has_client_limit(image, QuotaKind::request));
}

TEST(ClientQuotas, NothingWithoutLimits) {
    ClientQuotas quotas({}, {});
    EXPECT_FALSE(quotas.any());
    ClientQuotasImage image;
    set_address(image, 5);
    quotas.change(image);
    EXPECT_FALSE(quotas.any());
    set(image, default_of, none, 5);
    quotas.change(image);
    EXPECT_TRUE(quotas.any());
    quotas.change({});
    EXPECT_FALSE(quotas.any());
}

TEST(ClientQuotas, WhoSharesALimitSharesItsUse) {
    ClientQuotas quotas({}, {});
    ClientQuotasImage image;
    set(image, named("alice"), none, 100);
    set(image, default_of, default_of, 100);
    quotas.change(image);
    const auto sensor_of = [&](std::string_view principal, std::string_view client) {
        ClientSensors sensors;
        quotas.find(sensors, principal, client);
        return sensors.rates[0];
    };
    EXPECT_EQ(sensor_of("User:alice", "a"), sensor_of("User:alice", "b"));
    EXPECT_NE(sensor_of("User:bob", "a"), sensor_of("User:bob", "b"));
    EXPECT_NE(sensor_of("User:bob", "a"), sensor_of("User:eve", "a"));
    EXPECT_NE(sensor_of("User:b", "oba"), sensor_of("User:bo", "ba"));
    EXPECT_EQ(quotas.size(QuotaKind::produce), 6);
    EXPECT_EQ(quotas.size(QuotaKind::fetch), 0);
}

TEST(ClientQuotas, ChangesReachWhatIsKnown) {
    ClientQuotas quotas({}, {});
    ClientQuotasImage image;
    set(image, none, named("c"), 100);
    quotas.change(image);
    ClientSensors sensors;
    quotas.find(sensors, "User:u", "c");
    const auto first = sensors.rates[0];
    EXPECT_EQ(first->record(2000, noon), 10s);
    set(image, none, named("c"), 1000);
    quotas.change(image);
    quotas.find(sensors, "User:u", "c");
    EXPECT_EQ(sensors.rates[0], first);
    EXPECT_EQ(first->record(0, noon), 0ms);
    quotas.find(sensors, "User:u", "other");
    EXPECT_EQ(sensors.rates[0], nullptr);
}

TEST(ClientQuotas, ForgetsWhoIsIdle) {
    ClientQuotas quotas({}, {});
    ClientQuotasImage image;
    set(image, none, default_of, 100);
    quotas.change(image);
    ClientSensors one, other;
    quotas.find(one, "User:u", "one");
    quotas.find(other, "User:u", "other");
    one.rates[0]->add(1, noon);
    other.rates[0]->add(1, noon);
    other = {};
    quotas.expire(noon + 59min);
    EXPECT_EQ(quotas.size(QuotaKind::produce), 2);
    quotas.expire(noon + 1h);
    EXPECT_EQ(quotas.size(QuotaKind::produce), 1);  // the other is in use
}

TEST(ClientQuotas, NamesThatPeersMakeUpAreBounded) {
    ClientQuotas quotas({}, {});
    ClientQuotasImage image;
    set(image, none, default_of, 100);
    set(image, none, default_of, 100, QuotaKind::controller_mutation);
    quotas.change(image);
    ClientSensors kept, sensors;
    quotas.find(kept, "User:u", "kept");
    for (int i = 0; i < 20'000; ++i) {
        quotas.find(sensors, "User:u", "client-" + std::to_string(i));
    }
    EXPECT_LE(quotas.size(QuotaKind::produce), 16'384 + 1);
    ClientSensors again;
    quotas.find(again, "User:u", "kept");
    EXPECT_EQ(again.rates[0], kept.rates[0]);
    quotas.find(sensors, "User:u", std::string(30'000, 'x') + "1");
    quotas.find(again, "User:u", std::string(30'000, 'x') + "2");
    EXPECT_EQ(again.rates[0], sensors.rates[0]);
}

TEST(ClientQuotas, AnyThread) {
    ClientQuotas quotas({}, {});
    ClientQuotasImage image;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            ClientSensors sensors;
            for (int i = 0; i < 2000; ++i) {
                quotas.find(sensors, "User:u", "c" + std::to_string((i + t) % 50));
                if (RateSensor* sensor = sensors.rate(QuotaKind::produce)) {
                    (void)sensor->record(1, noon + i * 1ms);
                }
            }
        });
    }
    for (int i = 1; i <= 50; ++i) {
        set(image, none, default_of, i);
        quotas.change(image);
        quotas.expire(noon + 2h);
    }
}

TEST(RateSensor, TryTakesNothingThatMustWait) {
    RateSensor sensor({});
    sensor.set_limit(100);
    EXPECT_EQ(sensor.most_at_once(), 1000);
    EXPECT_TRUE(sensor.try_record(900, noon).taken);
    const auto trial = sensor.try_record(300, noon);
    EXPECT_FALSE(trial.taken);
    EXPECT_EQ(trial.wait, 2s);
    EXPECT_DOUBLE_EQ(sensor.rate(noon), 90);
    EXPECT_TRUE(sensor.try_record(300, noon + 11s).taken);
}

TEST(RateSensor, WhatNoWindowHoldsIsHadOnce) {
    RateSensor sensor({});
    sensor.set_limit(100);
    const auto trial = sensor.try_record(5000, noon);
    EXPECT_TRUE(trial.taken);
    EXPECT_EQ(trial.wait, 40s);
    EXPECT_FALSE(sensor.try_record(5000, noon + 1s).taken);
    EXPECT_TRUE(sensor.try_record(5000, noon + 40s).taken);
}

TEST(RateSensor, TimeOfThreadsThatComesLateIsNotLost) {
    RateSensor sensor({});
    sensor.set_limit(100);
    sensor.add(900, noon + 3s);
    EXPECT_DOUBLE_EQ(sensor.rate(noon), 90);
    EXPECT_EQ(sensor.record(200, noon + 2s), 1s);
}

TEST(MutationQuota, StrictIsRefusedWhileItOwes) {
    const auto sensor = std::make_shared<MutationSensor>(QuotaWindows{});
    sensor->set_limit(1);
    Counter used;
    MutationQuota first(sensor, true, used);
    EXPECT_TRUE(first.charge(16, noon));  // 11 at once, and 5 are owed
    EXPECT_EQ(first.throttle_time(noon), 0ms);
    const auto refused = first.charge(1, noon);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::throttling_quota_exceeded);
    EXPECT_EQ(first.throttle_time(noon), 5s);
    EXPECT_EQ(first.throttle_time(noon + 2s), 3s);
    EXPECT_EQ(used.value(), 16);
    MutationQuota second(sensor, true, used);
    EXPECT_TRUE(second.charge(1, noon + 5s));
}

TEST(MutationQuota, PermissiveIsDoneAndWaits) {
    const auto sensor = std::make_shared<MutationSensor>(QuotaWindows{});
    sensor->set_limit(2);
    Counter used;
    MutationQuota quota(sensor, false, used);
    EXPECT_TRUE(quota.charge(22, noon));
    EXPECT_EQ(quota.throttle_time(noon), 0ms);
    EXPECT_TRUE(quota.charge(10, noon));
    EXPECT_EQ(quota.throttle_time(noon), 5s);
    EXPECT_EQ(used.value(), 32);
}

}  // namespace
}  // namespace barnabas
