#include "controller/client_quota_requests.h"

#include <limits>

#include "controller/client_quota_filter.h"
#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

using QuotaChange = std::pair<std::string_view, std::optional<double>>;  ///< a key, and nothing to remove it
using QuotaOutcomes = std::map<QuotaEntity, std::string>;                ///< what was wrong, empty when nothing was
using QuotaLimits = ClientQuotasImage::Limits;

class ClientQuotaRequests : public testing::Test {
protected:
    void SetUp() override { world_.start_brokers(1); }

    void wish(const QuotaEntity& entity, std::initializer_list<QuotaChange> changes) {
        auto& entry = request_.entries.emplace_back();
        for (const auto& [type, name] : *names_.insert(entity).first) {
            auto& part = entry.entity.emplace_back();
            part.entity_type = type;
            part.entity_name = name;
        }
        for (const auto& [key, value] : changes) {
            entry.ops.push_back({.key = key, .value = value.value_or(-1), .remove = !value});
        }
    }
    QuotaOutcomes ask() {
        QuotaOutcomes outcomes;
        for (const auto& entry : world_.ask(std::exchange(request_, {})).entries) {
            QuotaEntity entity;
            for (const auto& part : entry.entity) {
                entity[part.entity_type] = part.entity_name;
            }
            EXPECT_EQ(entry.error_code, entry.error_message ? ErrorCode::invalid_request : ErrorCode::none);
            outcomes[entity] = entry.error_message.value_or("");
        }
        return outcomes;
    }
    std::string objection_to(const QuotaEntity& entity, std::string_view key, double value) {
        wish(entity, {{key, value}});
        return ask()[entity];
    }
    [[nodiscard]] QuotaLimits limits(const QuotaEntity& entity) const {
        const auto* found = world_.image().client_quotas.quotas().find(entity);
        return found ? **found : QuotaLimits();
    }

    inline static const QuotaEntity alice{{"user", "alice"}};
    inline static const QuotaEntity anybody{{"user", std::nullopt}};
    inline static const QuotaEntity alice_app{{"user", "alice"}, {"client-id", "app"}};
    inline static const QuotaEntity app{{"client-id", "app"}};
    inline static const QuotaEntity address{{"ip", "10.0.0.1"}};

    ControllerWorld world_;
    AlterClientQuotasRequest request_;
    std::set<QuotaEntity> names_;  ///< which the request views
};

TEST_F(ClientQuotaRequests, SetChangeAndRemove) {
    wish(alice, {{"producer_byte_rate", 1024}, {"request_percentage", 12.5}});
    wish(anybody, {{"consumer_byte_rate", 2048}});
    wish(alice_app, {{"controller_mutation_rate", 0.5}});
    wish(address, {{"connection_creation_rate", 10}});
    EXPECT_EQ(ask(), (QuotaOutcomes{{alice, ""}, {anybody, ""}, {alice_app, ""}, {address, ""}}));
    EXPECT_EQ(limits(alice), (QuotaLimits{{"producer_byte_rate", 1024}, {"request_percentage", 12.5}}));
    EXPECT_EQ(limits(anybody), (QuotaLimits{{"consumer_byte_rate", 2048}}));
    EXPECT_EQ(limits(alice_app), (QuotaLimits{{"controller_mutation_rate", 0.5}}));
    EXPECT_EQ(limits(address), (QuotaLimits{{"connection_creation_rate", 10}}));

    wish(alice, {{"producer_byte_rate", 512}, {"request_percentage", std::nullopt}});
    wish(anybody, {{"consumer_byte_rate", std::nullopt}});
    EXPECT_EQ(ask(), (QuotaOutcomes{{alice, ""}, {anybody, ""}}));
    EXPECT_EQ(limits(alice), (QuotaLimits{{"producer_byte_rate", 512}}));
    EXPECT_FALSE(world_.image().client_quotas.quotas().contains(anybody));
}

TEST_F(ClientQuotaRequests, WriteNothingThatChangesNothing) {
    wish(alice, {{"producer_byte_rate", 1024}});
    ask();
    EXPECT_EQ(world_.last.size(), 1U);
    wish(alice, {{"producer_byte_rate", 1024}, {"consumer_byte_rate", std::nullopt}, {"no.such", std::nullopt}});
    EXPECT_EQ(ask(), (QuotaOutcomes{{alice, ""}}));
    EXPECT_TRUE(world_.last.empty());
}

TEST_F(ClientQuotaRequests, OnlyCheckWhenTheyAreAskedTo) {
    request_.validate_only = true;
    wish(alice, {{"producer_byte_rate", 1024}});
    wish(app, {{"producer_byte_rate", 0}});
    EXPECT_EQ(ask(), (QuotaOutcomes{{alice, ""}, {app, "Quota producer_byte_rate must be greater than 0"}}));
    EXPECT_TRUE(world_.last.empty());
}

TEST_F(ClientQuotaRequests, TellWhatIsWrongWithOneEntityAndDoTheOthers) {
    const QuotaEntity nameless{{"user", ""}}, group{{"group", "g"}}, both{{"ip", "10.0.0.1"}, {"user", "alice"}};
    wish({}, {{"producer_byte_rate", 1}});
    wish(nameless, {{"producer_byte_rate", 1}});
    wish(group, {{"producer_byte_rate", 1}});
    wish(both, {{"producer_byte_rate", 1}});
    wish(address, {{"producer_byte_rate", 1}});
    wish(app, {{"producer_byte_rate", 1}, {"connection_creation_rate", 1}});
    wish(alice, {{"producer_byte_rate", 1}});
    const QuotaOutcomes expected{
        {{}, "Invalid empty client quota entity"},
        {nameless, "Empty user not supported"},
        {group, "Unhandled client quota entity type: group"},
        {both, "Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"},
        {address, "Invalid configuration key producer_byte_rate"},
        {app, "Invalid configuration key connection_creation_rate"},
        {alice, ""},
    };
    EXPECT_EQ(ask(), expected);
    EXPECT_EQ(world_.last.size(), 1U);
    EXPECT_TRUE(limits(app).empty());
}

TEST_F(ClientQuotaRequests, RefuseAnEntityOrAKeyThatStandsTwice) {
    wish(alice, {{"producer_byte_rate", 1}});
    wish(alice, {{"consumer_byte_rate", 2}});
    wish(app, {{"producer_byte_rate", 1}, {"producer_byte_rate", std::nullopt}});
    const QuotaOutcomes expected{
        {alice, "Ignoring duplicate entity ClientQuotaEntity(entries={user=alice})"},
        {app, "Ignoring duplicate entity ClientQuotaEntity(entries={client-id=app})"},
    };
    EXPECT_EQ(ask(), expected);
    EXPECT_EQ(limits(alice), (QuotaLimits{{"producer_byte_rate", 1}}));  // the first of the two is done, as in Kafka
    EXPECT_TRUE(limits(app).empty());
}

TEST_F(ClientQuotaRequests, HoldLimitsToTheirTypes) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(objection_to(alice, "producer_byte_rate", 1.5), "producer_byte_rate cannot be a fractional value.");
    EXPECT_EQ(objection_to(alice, "producer_byte_rate", 2.0000005), "");
    EXPECT_EQ(objection_to(alice, "producer_byte_rate", 0x1p63), "");
    EXPECT_EQ(
        objection_to(alice, "producer_byte_rate", 9.3e18),
        "Proposed value for producer_byte_rate is too large for a LONG."
    );
    EXPECT_EQ(objection_to(alice, "request_percentage", 0.001), "");
    EXPECT_EQ(objection_to(alice, "request_percentage", infinite), "");
    EXPECT_EQ(objection_to(alice, "request_percentage", -infinite), "Quota request_percentage must be greater than 0");
    EXPECT_EQ(
        objection_to(alice, "controller_mutation_rate", std::numeric_limits<double>::quiet_NaN()),
        "Quota controller_mutation_rate must be greater than 0"
    );
    EXPECT_EQ(objection_to(address, "connection_creation_rate", 2147483647), "");
    EXPECT_EQ(
        objection_to(address, "connection_creation_rate", 2147483648.0),
        "Proposed value for connection_creation_rate is too large for an INT."
    );
    EXPECT_EQ(objection_to(alice, "no.such", 1), "Invalid configuration key no.such");
}

TEST_F(ClientQuotaRequests, StayWithinOneBatchOfTheLog) {
    std::vector<std::string> users;
    for (std::size_t i = 0; i <= most_records_of_a_request; ++i) {
        users.push_back("user" + std::to_string(i));
    }
    for (const std::string& user : users) {
        wish({{"user", user}}, {{"producer_byte_rate", 1}});
    }
    const auto reply = world_.ask(request_);
    ASSERT_EQ(reply.entries.size(), users.size());
    EXPECT_EQ(reply.entries.front().error_code, ErrorCode::policy_violation);
    EXPECT_TRUE(world_.last.empty());
}

class ClientQuotaFilter : public ClientQuotaRequests {
protected:
    enum Match : std::int8_t { exact = 0, default_name = 1, any = 2 };
    struct Component {
        std::string_view type;
        int match;
        std::optional<std::string_view> name = std::nullopt;
    };

    void SetUp() override {
        ClientQuotaRequests::SetUp();
        for (const QuotaEntity& entity : {alice, anybody, alice_app, app}) {
            wish(entity, {{"producer_byte_rate", 1}});
        }
        wish(address, {{"connection_creation_rate", 1}});
        ask();
    }
    [[nodiscard]] DescribeClientQuotasResponse describe(std::initializer_list<Component> components, bool strict)
        const {
        DescribeClientQuotasRequest request;
        request.strict = strict;
        for (const auto& [type, match, name] : components) {
            auto& component = request.components.emplace_back();
            component.entity_type = type;
            component.match_type = static_cast<std::int8_t>(match);
            component.match = name;
        }
        return describe_client_quotas(world_.image().client_quotas, request);
    }
    [[nodiscard]] std::set<QuotaEntity> found(std::initializer_list<Component> components, bool strict = false) const {
        std::set<QuotaEntity> entities;
        for (const auto& entry : *describe(components, strict).entries) {
            QuotaEntity entity;
            for (const auto& part : entry.entity) {
                entity[part.entity_type] = part.entity_name;
            }
            EXPECT_EQ(entry.values.size(), 1U);
            entities.insert(std::move(entity));
        }
        return entities;
    }
    [[nodiscard]] std::pair<ErrorCode, std::string> refusal(std::initializer_list<Component> components) const {
        const auto response = describe(components, false);
        EXPECT_EQ(response.entries, std::nullopt);
        return {response.error_code, response.error_message.value_or("")};
    }
};

using QuotaEntities = std::set<QuotaEntity>;

TEST_F(ClientQuotaFilter, MatchesNamesDefaultsAndAll) {
    EXPECT_EQ(found({}), (QuotaEntities{alice, anybody, alice_app, app, address}));
    EXPECT_EQ(found({{"user", any}}), (QuotaEntities{alice, anybody, alice_app}));
    EXPECT_EQ(found({{"user", exact, "alice"}}), (QuotaEntities{alice, alice_app}));
    EXPECT_EQ(found({{"user", default_name}}), (QuotaEntities{anybody}));
    EXPECT_EQ(found({{"user", any}, {"client-id", exact, "app"}}), (QuotaEntities{alice_app}));
    EXPECT_EQ(found({{"ip", any}}), (QuotaEntities{address}));
    EXPECT_EQ(found({{"user", exact, "bob"}}), QuotaEntities());
}

TEST_F(ClientQuotaFilter, MatchesNothingElseWhenItIsStrict) {
    EXPECT_EQ(found({}, true), QuotaEntities());
    EXPECT_EQ(found({{"user", any}}, true), (QuotaEntities{alice, anybody}));
    EXPECT_EQ(found({{"client-id", any}}, true), (QuotaEntities{app}));
    EXPECT_EQ(found({{"client-id", any}, {"user", any}}, true), (QuotaEntities{alice_app}));
}

TEST_F(ClientQuotaFilter, IsRefusedWhenItMakesNoSense) {
    const auto invalid = [](std::string words) { return std::pair(ErrorCode::invalid_request, std::move(words)); };
    EXPECT_EQ(refusal({{"", any}}), invalid("Invalid empty entity type."));
    EXPECT_EQ(
        refusal({{"group", any}}),
        (std::pair(ErrorCode::unsupported_version, std::string("Unsupported entity type group")))
    );
    EXPECT_EQ(
        refusal({{"user", any}, {"user", any}}), invalid("Entity type user cannot appear more than once in the filter.")
    );
    EXPECT_EQ(refusal({{"user", 3}}), invalid("Unknown match type 3"));
    EXPECT_EQ(refusal({{"user", exact}}), invalid("Request specified MATCH_TYPE_EXACT, but set match string to null."));
    EXPECT_EQ(
        refusal({{"user", any, "alice"}}),
        invalid("Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.")
    );
    EXPECT_EQ(
        refusal({{"user", default_name, "alice"}}),
        invalid("Request specified MATCH_TYPE_DEFAULT, but also specified a match string.")
    );
    EXPECT_EQ(
        refusal({{"ip", any}, {"user", any}}),
        invalid(
            "Invalid entity filter component combination. IP filter component should not be used with user or clientId "
            "filter component."
        )
    );
}

}  // namespace
}  // namespace barnabas
