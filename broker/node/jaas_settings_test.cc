#include "node/jaas_settings.h"

#include <gtest/gtest.h>

#include "config/node_settings.h"

namespace barnabas {

namespace {

Config config_with_sasl(std::vector<Property> more) {
    const auto defaults = single_node_properties();
    std::vector<Property> properties(defaults.begin(), defaults.end());
    for (const auto* key : {"listeners", "advertised.listeners"}) {
        properties.push_back(
            {key, "PLAINTEXT://localhost:9092,A://localhost:9094,B://localhost:9095,CONTROLLER://localhost:9093"}
        );
    }
    properties.push_back(
        {"listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,A:SASL_PLAINTEXT,B:SASL_SSL,CONTROLLER:PLAINTEXT"}
    );
    properties.push_back({"sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,GSSAPI"});
    properties.insert(properties.end(), more.begin(), more.end());
    const auto settings = read_node_settings(properties);
    EXPECT_TRUE(settings) << settings.error().front();
    return settings->config;
}

}  // namespace

TEST(JaasSettings, go_to_the_mechanisms_that_have_none) {
    const auto file = parse_jaas_file(R"(
        KafkaServer { x.PlainLoginModule required user_c="both"; x.ScramLoginModule required; };
        b.KafkaServer { x.PlainLoginModule required user_c="of b"; };
        KafkaClient { x.PlainLoginModule required username="c"; };
    )");
    std::map<std::string, std::string> settings;
    for (const Property& each : settings_of_jaas_file(*file, config_with_sasl({}))) {
        settings.emplace(each.key, each.value);
    }
    const std::map<std::string, std::string> expected{
        {"listener.name.a.plain.sasl.jaas.config", R"("x.PlainLoginModule" required "user_c"="both";)"},
        {"listener.name.a.scram-sha-256.sasl.jaas.config", R"("x.ScramLoginModule" required;)"},
        {"listener.name.b.plain.sasl.jaas.config", R"("x.PlainLoginModule" required "user_c"="of b";)"},
    };
    EXPECT_EQ(settings, expected);
    const Config own = config_with_sasl({{"listener.name.b.plain.sasl.jaas.config", "x.PlainLoginModule required;"}});
    EXPECT_EQ(settings_of_jaas_file(*file, own).size(), 2u);
    EXPECT_TRUE(settings_of_jaas_file({}, own).empty());
}

}  // namespace barnabas
