#include "cli/client_quotas.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

using QuotaEntry = DescribeClientQuotasResponse::EntryData;
using QuotaParts = std::vector<std::pair<std::string, std::optional<std::string>>>;
using QuotaLimits = std::vector<std::pair<std::string, double>>;

QuotaEntry quota_entry(const QuotaParts& parts, const QuotaLimits& limits = {{"producer_byte_rate", 1}}) {
    QuotaEntry entry;
    for (const auto& [type, name] : parts) {
        auto& part = entry.entity.emplace_back();
        part.entity_type = type;
        part.entity_name = name;
    }
    for (const auto& [key, value] : limits) {
        entry.values.push_back({.key = key, .value = value});
    }
    return entry;
}

std::string printed_quotas(std::vector<QuotaEntry> entries) {
    DescribeClientQuotasResponse answer;
    answer.entries = std::move(entries);
    return quota_lines(answer);
}

}  // namespace

// What Apache's tool prints of the same answers.
TEST(ClientQuotas, StandInTheOrderOfJavasMaps) {
    EXPECT_EQ(
        printed_quotas(
            {quota_entry({{"user", "a"}}), quota_entry({{"user", "t1"}}), quota_entry({{"user", "t2"}}),
             quota_entry({{"user", "t4"}}), quota_entry({{"user", std::nullopt}}), quota_entry({{"user", "t6"}})}
        ),
        "Quota configs for user-principal 't2' are producer_byte_rate=1.0\n"
        "Quota configs for user-principal 't1' are producer_byte_rate=1.0\n"
        "Quota configs for user-principal 't4' are producer_byte_rate=1.0\n"
        "Quota configs for the default user-principal are producer_byte_rate=1.0\n"
        "Quota configs for user-principal 't6' are producer_byte_rate=1.0\n"
        "Quota configs for user-principal 'a' are producer_byte_rate=1.0\n"
    );
}

TEST(ClientQuotas, NamePairsByUserFirst) {
    EXPECT_EQ(
        printed_quotas({quota_entry({{"client-id", std::nullopt}, {"user", "a"}})}),
        "Quota configs for user-principal 'a', the default client-id are producer_byte_rate=1.0\n"
    );
    EXPECT_EQ(
        printed_quotas({quota_entry({{"ip", std::nullopt}}, {{"connection_creation_rate", 18}})}),
        "Quota configs for the default ip are connection_creation_rate=18.0\n"
    );
    EXPECT_EQ(printed_quotas({}), "");
}

TEST(ClientQuotas, ListTheirLimitsInTheOrderOfJavasMaps) {
    EXPECT_EQ(
        printed_quotas({quota_entry(
            {{"user", "kal"}}, {{"consumer_byte_rate", 2048},
                                {"controller_mutation_rate", 12345678.9},
                                {"producer_byte_rate", 1234567890123.0},
                                {"request_percentage", 0.001}}
        )}),
        "Quota configs for user-principal 'kal' are producer_byte_rate=1.234567890123E12, consumer_byte_rate=2048.0, "
        "controller_mutation_rate=1.23456789E7, request_percentage=0.001\n"
    );
}

TEST(ClientQuotas, BelongToTypes) {
    EXPECT_TRUE(is_quota_key("users", "producer_byte_rate"));
    EXPECT_TRUE(is_quota_key("clients", "controller_mutation_rate"));
    EXPECT_TRUE(is_quota_key("ips", "connection_creation_rate"));
    EXPECT_FALSE(is_quota_key("ips", "producer_byte_rate"));
    EXPECT_FALSE(is_quota_key("users", "connection_creation_rate"));
    EXPECT_FALSE(is_quota_key("users", "SCRAM-SHA-256"));
}

}  // namespace barnabas
