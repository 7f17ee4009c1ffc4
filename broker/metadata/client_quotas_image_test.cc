#include "metadata/client_quotas_image.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using Limits = ClientQuotasImage::Limits;

ClientQuotaRecord quota(const QuotaEntity& entity, std::string_view key, std::optional<double> value) {
    ClientQuotaRecord record;
    for (const auto& [type, name] : entity) {
        auto& part = record.entity.emplace_back();
        part.entity_type = type;
        part.entity_name = name;
    }
    record.key = key;
    record.value = value.value_or(0);
    record.remove = !value;
    return record;
}

TEST(ClientQuotasImage, FindsExactlyTheEntityThatIsAskedFor) {
    ClientQuotasImage image;
    image.apply(quota({{"user", "alice"}}, "producer_byte_rate", 1));
    image.apply(quota({{"user", "alice"}, {"client-id", "app"}}, "producer_byte_rate", 2));
    image.apply(quota({{"user", "alice"}, {"client-id", std::nullopt}}, "producer_byte_rate", 3));
    image.apply(quota({{"user", std::nullopt}}, "producer_byte_rate", 4));
    image.apply(quota({{"client-id", "app"}}, "producer_byte_rate", 5));
    image.apply(quota({{"user", ""}}, "producer_byte_rate", 6));
    image.apply(quota({{"ip", std::nullopt}}, "connection_creation_rate", 7));

    const auto rate = [&image](std::initializer_list<QuotaPart> entity) -> double {
        const Limits* limits = image.limits(entity);
        return limits ? limits->begin()->second : 0;
    };
    EXPECT_EQ(rate({{quota_user, "alice"}}), 1);
    EXPECT_EQ(rate({{quota_user, "alice"}, {quota_client_id, "app"}}), 2);
    EXPECT_EQ(rate({{quota_client_id, "app"}, {quota_user, "alice"}}), 2);
    EXPECT_EQ(rate({{quota_user, "alice"}, {quota_client_id, std::nullopt}}), 3);
    EXPECT_EQ(rate({{quota_user, std::nullopt}}), 4);
    EXPECT_EQ(rate({{quota_client_id, "app"}}), 5);
    EXPECT_EQ(rate({{quota_user, ""}}), 6);
    EXPECT_EQ(rate({{quota_ip, std::nullopt}}), 7);
    EXPECT_EQ(image.limits({{quota_user, "bob"}}), nullptr);
    EXPECT_EQ(image.limits({{quota_client_id, std::nullopt}}), nullptr);
    EXPECT_EQ(image.limits({{quota_user, "alice"}, {quota_client_id, "other"}}), nullptr);
}

TEST(ClientQuotasImage, KeepsOtherKeysWhenOneGoes) {
    ClientQuotasImage image;
    image.apply(quota({{"user", "alice"}}, "producer_byte_rate", 1));
    image.apply(quota({{"user", "alice"}}, "consumer_byte_rate", 2));
    const ClientQuotasImage before = image;
    image.apply(quota({{"user", "alice"}}, "producer_byte_rate", std::nullopt));
    EXPECT_EQ(*image.limits({{quota_user, "alice"}}), (Limits{{"consumer_byte_rate", 2}}));
    image.apply(quota({{"user", "alice"}}, "consumer_byte_rate", std::nullopt));
    EXPECT_EQ(image.limits({{quota_user, "alice"}}), nullptr);
    EXPECT_TRUE(image.quotas().empty());
    EXPECT_EQ(before.limits({{quota_user, "alice"}})->size(), 2U);
}

}  // namespace
}  // namespace barnabas
