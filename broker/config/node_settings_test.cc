#include "config/node_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/idle_settings.h"
#include "config/listeners.h"

namespace barnabas {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Changes = std::vector<std::pair<std::string, std::string>>;

auto start_with(const Changes& changes) {
    const auto defaults = single_node_properties();
    std::vector<Property> properties(defaults.begin(), defaults.end());
    for (const auto& [key, value] : changes) {
        properties.push_back({key, value, 0});
    }
    return read_node_settings(properties);
}

Config config_with(const Changes& changes) {
    const auto settings = start_with(changes);
    EXPECT_TRUE(settings) << (settings ? "" : settings.error().front());
    return settings ? settings->config : Config();
}

std::vector<std::string> problems_with(const Changes& changes) {
    const auto settings = start_with(changes);
    return settings ? std::vector<std::string>() : settings.error();
}

TEST(NodeSettings, StartsANodeThatWasGivenNothing) {
    const auto config = default_single_node();
    EXPECT_TRUE(config.is_broker());
    EXPECT_TRUE(config.is_controller());
    EXPECT_EQ(config.node_id, 1);
    EXPECT_EQ(config.broker_id, 1);
    EXPECT_THAT(config.data_dirs(), ElementsAre("./barnabas-data"));
    EXPECT_EQ(config.metadata_dir(), "./barnabas-data");
    EXPECT_EQ(config.offsets_topic_replication_factor, 1);
    EXPECT_EQ(words_of_idle_settings(start_with({})->written), std::nullopt);
}

TEST(NodeSettings, TakesTheLastOfSeveralValues) {
    EXPECT_EQ(config_with({{"num.partitions", "3"}, {"num.partitions", "4"}}).num_partitions, 4);
}

TEST(NodeSettings, KeepsWhatWasWrittenAsItWasWritten) {
    const auto settings = start_with({{"num.partitions", " 3 "}});
    EXPECT_EQ(settings->written.at("num.partitions"), " 3 ");
    EXPECT_EQ(settings->written.at("broker.id"), "1");
    EXPECT_FALSE(settings->written.contains("log.retention.ms"));
}

TEST(NodeSettings, NamesTheNearestKnownSettingForAnUnknownOne) {
    EXPECT_THAT(
        problems_with({{"log.segment.byte", "1"}}),
        ElementsAre("unknown setting 'log.segment.byte'; did you mean log.segment.bytes?")
    );
    EXPECT_THAT(
        problems_with({{"retention.ms", "1"}}),
        ElementsAre("'retention.ms' is a setting of topics; that of brokers is log.retention.ms")
    );
}

TEST(NodeSettings, TellsAllThatIsWrongAtOnceWithItsLine) {
    const auto properties = parse_properties("nod.id=1\nnum.partitions=x\n").value();
    const auto problems = read_node_settings(properties).error();
    EXPECT_THAT(
        problems,
        ElementsAre(
            "line 1: unknown setting 'nod.id'; did you mean node.id?",
            "line 2: num.partitions: 'x' is not allowed, it must be a whole number from -2147483648 to 2147483647"
        )
    );
}

TEST(NodeSettings, RefusesWhatIsNotSupportedUnlessItAsksForNothing) {
    EXPECT_THAT(
        problems_with({{"ssl.provider", "x"}}),
        ElementsAre("ssl.provider: Barnabas is no Java program and loads no Java classes; remove this setting")
    );
    EXPECT_THAT(problems_with({{"authorizer.class.name", "x.Y"}}), ElementsAre(HasSubstr("no Java class")));
    EXPECT_THAT(problems_with({{"super.users", "User:a; bob"}}), ElementsAre(HasSubstr("as in User:bob")));
    EXPECT_THAT(problems_with({{"allow.everyone.if.no.acl.found", "yes"}}), ElementsAre(HasSubstr("true or false")));
    EXPECT_THAT(
        problems_with({{"listener.name.plaintext.ssl.client.auth", "perhaps"}}), ElementsAre(HasSubstr("required"))
    );
    EXPECT_THAT(problems_with({{"sasl.login.class", "y"}}), ElementsAre(HasSubstr("no Java classes")));
    EXPECT_THAT(
        problems_with({{"sasl.server.callback.handler.class", "x.Y"}}),
        ElementsAre(HasSubstr("OAuthBearerValidatorCallbackHandler"))
    );
    EXPECT_THAT(problems_with({{"listener.name.x.num.partitions", "2"}}), ElementsAre(HasSubstr("one listener alone")));
    EXPECT_THAT(
        problems_with({{"ssl.client.auth", "none"}, {"authorizer.class.name", ""}, {"ssl.protocol", "TLSv1.3"}}),
        IsEmpty()
    );
}

TEST(NodeSettings, NamesSettingsWithoutEffectInOneSentence) {
    const auto words = [](const Changes& changes) { return words_of_idle_settings(start_with(changes)->written); };
    EXPECT_EQ(
        words({{"zookeeper.connect", "a:2181"}, {"num.io.threads", "3"}, {"num.network.threads", "5"}, {"port", "1"}}),
        "num.io.threads, num.network.threads (Barnabas has no such queues, buffers and thread pools); "
        "port (Kafka 4 has no such setting any more); zookeeper.connect (there is no ZooKeeper)"
    );
    EXPECT_EQ(words({{"num.io.threads", "8"}, {"transaction.state.log.min.isr", "1"}}), std::nullopt);
    EXPECT_EQ(
        words_of_idle_settings({{"leader.replication.throttled.rate", "1"}}),
        "leader.replication.throttled.rate (replication cannot be slowed down yet)"
    );
    EXPECT_EQ(
        words_of_idle_topic_settings({{"local.retention.ms", "5"}, {"retention.ms", "5"}}),
        "local.retention.ms (tiered storage is not supported yet)"
    );
    EXPECT_EQ(
        words_of_idle_group_settings({{"streams.num.standby.replicas", "1"}}),
        "streams.num.standby.replicas (streams groups are not supported yet)"
    );
}

TEST(NodeSettings, that_no_listener_makes_use_of_are_told) {
    const auto words = [](const Changes& changes) { return words_of_settings_without_listener(*start_with(changes)); };
    EXPECT_EQ(words({}), std::nullopt);
    EXPECT_THAT(
        *words({{"ssl.keystore.location", "x"}}), HasSubstr("ssl.keystore.location (no listener that they are for")
    );
    EXPECT_THAT(*words({{"sasl.enabled.mechanisms", "PLAIN"}}), HasSubstr("sasl.enabled.mechanisms"));
    EXPECT_THAT(*words({{"listener.name.gone.max.connections", "5"}}), HasSubstr("listeners has none of that name"));
    EXPECT_THAT(*words({{"listener.name.plaintext.ssl.client.auth", "required"}}), HasSubstr("speaks TLS"));
    const Changes secured{
        {"listeners", "PLAINTEXT://localhost:9092,TLS://localhost:9094,CONTROLLER://localhost:9093"},
        {"advertised.listeners", "PLAINTEXT://localhost:9092,TLS://localhost:9094,CONTROLLER://localhost:9093"},
        {"listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT"},
        {"ssl.keystore.location", "x"},
        {"listener.name.tls.plain.sasl.jaas.config", "x.PlainLoginModule required;"}
    };
    EXPECT_EQ(words(secured), std::nullopt);
}

TEST(NodeSettings, LimitsOneListener) {
    const auto config = config_with({{"listener.name.plaintext.max.connections", "7"}});
    EXPECT_EQ(config.max_connections_of_listeners().at("plaintext"), 7);
    EXPECT_TRUE(config.connection_rates_of_listeners().empty());
    const auto slow = config_with({{"listener.name.plaintext.max.connection.creation.rate", "9"}});
    EXPECT_EQ(slow.connection_rates_of_listeners().at("plaintext"), 9);
}

TEST(NodeSettings, HoldsSettingsAgainstEachOther) {
    const auto expect = [](const Changes& changes, std::string_view words) {
        EXPECT_THAT(problems_with(changes), ElementsAre(HasSubstr(words)));
    };
    expect(
        {{"process.roles", "broker"}, {"listeners", "PLAINTEXT://:9092"}, {"advertised.listeners", "PLAINTEXT://a:1"}},
        "process.roles (broker) is not supported yet"
    );
    expect({{"broker.id", "2"}}, "broker.id (2) and node.id (1) must be the same");
    expect({{"controller.quorum.bootstrap.servers", ""}}, "neither controller.quorum.bootstrap.servers nor");
    expect({{"controller.quorum.voters", "2@a:9093"}}, "a quorum of several controllers is not supported yet");
    expect({{"controller.quorum.voters", "a:9093"}}, "must have the form id@host:port");
    expect({{"log.dirs", "/a,/b,/a"}}, "log.dirs names /a twice");
    expect({{"log.dirs", ""}}, "log.dirs is empty");
    expect({{"log.retention.ms", "0"}}, "at least 1 ms, or -1");
    expect({{"log.cleaner.dedupe.buffer.size", "1048576"}}, "more than 1 MiB for each");
    expect({{"queued.max.request.bytes", "1000"}}, "must not be below socket.request.max.bytes");
    expect({{"max.connections.per.ip.overrides", "a"}}, "must have the form host:count");
    expect({{"max.connections.per.ip", "0"}}, "max.connections.per.ip may be 0 only");
    expect({{"group.min.session.timeout.ms", "9999999"}}, "must not be above group.max.session.timeout.ms");
    expect(
        {{"group.consumer.session.timeout.ms", "5"}}, "must lie between group.consumer.min.session.timeout.ms (45000)"
    );
    expect({{"barnabas.http.listener", "x"}}, "must have the form host:port");
}

TEST(NodeSettings, NeedsTheNodesNumberAndRoles) {
    const auto problems = read_node_settings({}).error();
    EXPECT_THAT(problems, testing::Contains(HasSubstr("node.id is not set")));
    EXPECT_THAT(problems, testing::Contains(HasSubstr("process.roles is not set")));
}

TEST(Listeners, PartIntoTheBrokersAndTheControllers) {
    const auto listeners = read_listeners(config_with(
        {{"listeners", "plain://:9092, CONTROLLER://[::1]:9093,OTHER://0.0.0.0:0"},
         {"advertised.listeners", "PLAIN://a.example:1,OTHER://b:2"},
         {"listener.security.protocol.map", "PLAIN:PLAINTEXT,CONTROLLER:plaintext,OTHER:PLAINTEXT"},
         {"inter.broker.listener.name", "OTHER"}}
    ));
    ASSERT_TRUE(listeners) << listeners.error();
    EXPECT_EQ(listeners->broker.size(), 2U);
    EXPECT_EQ(listeners->broker[0].text(), "PLAIN://:9092");
    EXPECT_THAT(listeners->controller, ElementsAre(Listener{"CONTROLLER", "::1", 9093, SecurityProtocol::plaintext}));
    EXPECT_EQ(listeners->controller[0].text(), "CONTROLLER://[::1]:9093");
    EXPECT_EQ(listeners->advertised[0].text(), "PLAIN://a.example:1");
    EXPECT_EQ(listeners->advertised_controller, listeners->controller);
    EXPECT_EQ(listeners->inter_broker, "OTHER");
}

TEST(Listeners, AreRefusedWhenTheyContradictEachOther) {
    const auto expect = [](const Changes& changes, std::string_view words) {
        EXPECT_THAT(problems_with(changes), ElementsAre(HasSubstr(words)));
    };
    expect({{"listeners", "PLAINTEXT:9092"}}, "must have the form NAME://host:port");
    expect({{"listeners", "PLAINTEXT://:99999,CONTROLLER://:9093"}}, "with a port from 0 to 65535");
    expect({{"listeners", "PLAINTEXT://:9092,CONTROLLER://:9092"}}, "share a port");
    expect({{"listeners", "PLAINTEXT://:1,PLAINTEXT://:2,CONTROLLER://:3"}}, "the name PLAINTEXT stands twice");
    expect({{"listeners", "PLAINTEXT://:1,MINE://:2,CONTROLLER://:3"}}, "add MINE:PLAINTEXT to listener.security");
    expect({{"listeners", "PLAINTEXT://:9092"}}, "CONTROLLER is not among listeners");
    expect({{"controller.listener.names", ""}}, "controller.listener.names is not set");
    expect({{"advertised.listeners", "PLAINTEXT://0.0.0.0:9092"}}, "no address that a client could connect to");
    expect(
        {{"listeners", "PLAINTEXT://:0,CONTROLLER://:9093"}, {"advertised.listeners", "PLAINTEXT://a:0"}}, "has no port"
    );
    expect({{"advertised.listeners", "SSL://a:9092"}}, "SSL is not among listeners");
    expect({{"inter.broker.listener.name", "CONTROLLER"}}, "belongs to controllers");
    expect({{"listener.security.protocol.map", "PLAINTEXT=PLAINTEXT"}}, "must be a listener name, a colon");
}

TEST(Listeners, AdvertiseThisMachineWhereNoHostIsNamed) {
    auto listeners = read_listeners(config_with(
        {{"listeners", "PLAINTEXT://:9092,OTHER://b:9094,CONTROLLER://:9093"},
         {"advertised.listeners", "PLAINTEXT://:1,OTHER://c:2"},
         {"listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT"}}
    ));
    ASSERT_TRUE(listeners) << listeners.error();
    name_hosts(*listeners, "m.example");
    EXPECT_EQ(listeners->advertised[0].text(), "PLAINTEXT://m.example:1");
    EXPECT_EQ(listeners->advertised[1].text(), "OTHER://c:2");
    EXPECT_EQ(listeners->advertised_controller[0].text(), "CONTROLLER://m.example:9093");
    EXPECT_EQ(listeners->broker[0].host, "");
}

}  // namespace
}  // namespace barnabas
