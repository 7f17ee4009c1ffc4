#include "cli/config_entities.h"

#include <gmock/gmock.h>

#include "cli/tool.h"

namespace barnabas {

namespace {

using ConfigEntityList = std::vector<ConfigEntity>;

std::expected<ConfigEntityList, std::string> entities_named(std::vector<const char*> words) {
    words.insert(words.begin(), {"--bootstrap-server", "h:1", "--describe"});
    const auto arguments = Arguments::parse(configs_tool.usage, words);
    return arguments ? config_entities(*arguments) : std::unexpected(arguments.error());
}

std::string entities_fault(std::vector<const char*> words) {
    const auto entities = entities_named(std::move(words));
    return entities ? "" : entities.error();
}

}  // namespace

TEST(ConfigEntities, AreNamedByTypeInTurn) {
    EXPECT_EQ(entities_named({"--entity-type", "topics", "--entity-name", "t"}), (ConfigEntityList{{"topics", "t"}}));
    EXPECT_EQ(entities_named({"--entity-type", "users"}), (ConfigEntityList{{"users", std::nullopt}}));
    EXPECT_EQ(entities_named({"--entity-type", "brokers", "--entity-default"}), (ConfigEntityList{{"brokers", ""}}));
    EXPECT_EQ(
        entities_named({"--entity-type", "clients", "--entity-name", "x", "--entity-type", "users"}),
        (ConfigEntityList{{"clients", "x"}, {"users", std::nullopt}})
    );
    EXPECT_EQ(
        entities_named({"--entity-type", "users", "--entity-type", "clients", "--entity-default", "--entity-name", "x"}
        ),
        (ConfigEntityList{{"users", ""}, {"clients", "x"}})
    );
    EXPECT_EQ(
        entities_named({"--entity-type", "users", "--entity-name", "x", "--entity-type", "clients", "--entity-default"}
        ),
        (ConfigEntityList{{"users", "x"}, {"clients", ""}})
    );
}

TEST(ConfigEntities, AreNamedByFlagsClientsFirst) {
    EXPECT_EQ(entities_named({"--topic", "t"}), (ConfigEntityList{{"topics", "t"}}));
    EXPECT_EQ(entities_named({"--broker-defaults"}), (ConfigEntityList{{"brokers", ""}}));
    EXPECT_EQ(entities_named({"--ip", "1.2.3.4"}), (ConfigEntityList{{"ips", "1.2.3.4"}}));
    EXPECT_EQ(entities_named({"--ip-defaults"}), (ConfigEntityList{{"ips", ""}}));
    EXPECT_EQ(entities_named({"--user", "a", "--client", "x"}), (ConfigEntityList{{"clients", "x"}, {"users", "a"}}));
    EXPECT_EQ(
        entities_named({"--user", "a", "--client-defaults"}), (ConfigEntityList{{"users", "a"}, {"clients", ""}})
    );
    EXPECT_EQ(
        entities_named({"--user-defaults", "--client-defaults"}), (ConfigEntityList{{"clients", ""}, {"users", ""}})
    );
}

TEST(ConfigEntities, OnlyUsersAndClientsGoTogether) {
    using testing::HasSubstr;
    EXPECT_THAT(entities_fault({}), HasSubstr("At least one entity type"));
    EXPECT_THAT(entities_fault({"--ip", "1.2.3.4", "--user", "a"}), HasSubstr("specified together"));
    EXPECT_THAT(entities_fault({"--entity-type", "users", "--entity-type", "topics"}), HasSubstr("specified together"));
    EXPECT_THAT(entities_fault({"--entity-type", "users", "--entity-type", "users"}), HasSubstr("Duplicate"));
    EXPECT_THAT(entities_fault({"--user", "a", "--user-defaults"}), HasSubstr("Duplicate"));
    EXPECT_THAT(entities_fault({"--entity-type", "nonsense"}), HasSubstr("Invalid entity type nonsense"));
    EXPECT_THAT(entities_fault({"--user", "a", "--entity-type", "clients"}), HasSubstr("in conjunction"));
    EXPECT_THAT(entities_fault({"--user", "a", "--entity-default"}), HasSubstr("in conjunction"));
    EXPECT_THAT(
        entities_fault({"--entity-type", "users", "--entity-name", "a", "--entity-default"}),
        HasSubstr("More entity names")
    );
    EXPECT_THAT(entities_fault({"--entity-name", "a"}), HasSubstr("More entity names"));
}

}  // namespace barnabas
