#include "config/listener_config.h"

#include <gtest/gtest.h>

#include "config/live_config.h"

namespace barnabas {
namespace {

Config with(const ListenerSettings& settings) {
    Config config;
    config.listener_settings["clients"] = settings;
    return config;
}

TEST(ListenerConfig, PutsTheListenersOwnSettingsInThePlaceOfTheNodes) {
    Config node = with({{"ssl.client.auth", Secret("required")}, {"max.connections", Secret("7")}});
    node.ssl_client_auth = "requested";
    node.ssl_keystore_location = "/keys";
    const ListenerConfig clients(node, "CLIENTS");
    EXPECT_EQ(clients.name(), "CLIENTS");
    EXPECT_EQ(clients.config().ssl_client_auth, "required");
    EXPECT_EQ(clients.config().ssl_keystore_location, "/keys");
    EXPECT_EQ(clients.config().max_connections, 7);
    EXPECT_EQ(ListenerConfig(node, "OTHER").config().ssl_client_auth, "requested");
}

TEST(ListenerConfig, LaysTheSettingsOfAMechanismOnTop) {
    const ListenerConfig clients(
        with(
            {{"sasl.jaas.config", Secret("for nobody")},
             {"plain.sasl.jaas.config", Secret("plain")},
             {"scram-sha-256.sasl.jaas.config", Secret("scram")},
             {"sasl.server.max.receive.size", Secret("10")},
             {"plain.connections.max.reauth.ms", Secret("20")}}
        ),
        "Clients"
    );
    EXPECT_EQ(clients.config("PLAIN").sasl_jaas_config, Secret("plain"));
    EXPECT_EQ(clients.config("PLAIN").connections_max_reauth_ms.count(), 20);
    EXPECT_EQ(clients.config("PLAIN").sasl_server_max_receive_size, 10);
    EXPECT_EQ(clients.config("SCRAM-SHA-256").sasl_jaas_config, Secret("scram"));
    EXPECT_EQ(clients.config("SCRAM-SHA-256").connections_max_reauth_ms.count(), 0);
    EXPECT_EQ(clients.config("SCRAM-SHA-512").sasl_jaas_config, std::nullopt);
}

TEST(ListenerConfig, DiffersWhenAnythingDiffersThatConcernsTheListener) {
    const Config before = with({{"plain.sasl.jaas.config", Secret("one")}});
    Config after = with({{"plain.sasl.jaas.config", Secret("two")}});
    EXPECT_NE(ListenerConfig(before, "CLIENTS"), ListenerConfig(after, "CLIENTS"));
    EXPECT_EQ(ListenerConfig(before, "OTHER"), ListenerConfig(after, "OTHER"));
}

}  // namespace
}  // namespace barnabas
