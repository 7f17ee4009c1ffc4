// librdkafka logs in: each mechanism with and without TLS, and by certificate; and is told when it may not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <ostream>

#include "admin.h"
#include "clients.h"

namespace barnabas::e2e {

namespace {

std::string given(const char* name) {
    const char* value = std::getenv(name);
    EXPECT_NE(value, nullptr) << name << " is not set; e2e/security/clients/run.sh librdkafka sets it";
    return value == nullptr ? "" : value;
}

/// A client's settings; what begins with a dollar is of the environment.
struct Login {
    std::string name;
    std::string listener;  ///< the variable with its address
    Settings settings;
    RdKafka::ErrorCode error = RdKafka::ERR_NO_ERROR;  ///< what a client is told that may not come in
    std::string words = {};                            ///< in the error's text
};

Settings read(const Login& login) {
    Settings settings{{"bootstrap.servers", given(login.listener.c_str())}, {"log_level", "0"}};
    for (const auto& [key, value] : login.settings) {
        const auto variable = value.find('$');
        settings[key] = variable == std::string::npos
                            ? value
                            : given(value.substr(variable + 1, value.find('/') - variable - 1).c_str()) +
                                  (value.find('/') == std::string::npos ? "" : value.substr(value.find('/')));
    }
    return settings;
}

/// Those of every client that is made meanwhile.
class LoggedIn {
public:
    explicit LoggedIn(const Settings& settings) {
        std::string text;
        for (const auto& [key, value] : settings) {
            text += (text.empty() ? "" : ";") + key + "=" + value;
        }
        setenv("CLIENT_SETTINGS", text.c_str(), 1);
        setenv("BOOTSTRAP", settings.at("bootstrap.servers").c_str(), 1);
    }
    ~LoggedIn() {
        unsetenv("CLIENT_SETTINGS");
        setenv("BOOTSTRAP", first_.c_str(), 1);
    }
    LoggedIn(const LoggedIn&) = delete;
    LoggedIn& operator=(const LoggedIn&) = delete;

private:
    std::string first_ = bootstrap();
};

/// The errors that a client is told of.
class Errors : public RdKafka::EventCb {
public:
    void event_cb(RdKafka::Event& event) override {
        const std::lock_guard lock(mutex_);
        if (event.type() == RdKafka::Event::EVENT_ERROR) {
            codes_.push_back(event.err());
            words_ += event.str() + "\n";
        }
    }

    [[nodiscard]] bool has(RdKafka::ErrorCode code) {
        const std::lock_guard lock(mutex_);
        return std::ranges::find(codes_, code) != codes_.end();
    }
    [[nodiscard]] std::string words() {
        const std::lock_guard lock(mutex_);
        return words_;
    }

private:
    std::mutex mutex_;
    std::vector<RdKafka::ErrorCode> codes_;
    std::string words_;
};

[[maybe_unused]] void PrintTo(const Login& login, std::ostream* out) {
    *out << login.name;
}

class Right : public testing::TestWithParam<Login> {};

TEST_P(Right, SendsAndReadsInAGroup) {
    const LoggedIn logged_in(read(GetParam()));
    const auto topic = fresh_topic();
    for (const auto& delivery : send(topic, numbered(200))) {
        ASSERT_EQ(delivery.error, RdKafka::ERR_NO_ERROR) << RdKafka::err2str(delivery.error);
    }
    Consumer consumer(fresh_name("group"));
    consumer.subscribe(topic);
    ASSERT_EQ(consumer.read(200).size(), 200U);
    consumer.commit();
    EXPECT_EQ(consumer.error(), RdKafka::ERR_NO_ERROR);
}

class Wrong : public testing::TestWithParam<Login> {};

TEST_P(Wrong, IsToldSo) {
    Errors errors;
    auto conf = configuration(read(GetParam()));
    std::string why;
    ASSERT_EQ(conf->set("event_cb", &errors, why), RdKafka::Conf::CONF_OK) << why;
    const auto producer = std::unique_ptr<RdKafka::Producer>(RdKafka::Producer::create(conf.get(), why));
    ASSERT_NE(producer, nullptr) << why;
    const auto told = [&] {
        producer->poll(50);
        return errors.has(GetParam().error);
    };
    EXPECT_TRUE(poll_until({}, told, std::chrono::seconds(20))) << errors.words();
    RdKafka::Metadata* metadata = nullptr;
    EXPECT_NE(producer->metadata(true, nullptr, &metadata, 100), RdKafka::ERR_NO_ERROR);
    delete metadata;
    EXPECT_NE(errors.words().find(GetParam().words), std::string::npos) << errors.words();
    EXPECT_EQ(errors.words().find("planted"), std::string::npos);
}

Settings operator+(Settings left, const Settings& right) {
    left.insert(right.begin(), right.end());
    return left;
}

Settings password(const std::string& mechanism, const std::string& user, const std::string& secret) {
    return {{"sasl.mechanism", mechanism}, {"sasl.username", user}, {"sasl.password", secret}};
}

Settings unsigned_token() {
    return {
        {"sasl.mechanism", "OAUTHBEARER"},
        {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
        {"sasl.oauthbearer.config", "principal=alice"}
    };
}

Settings token_of(const std::string& provider) {
    return {
        {"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.method", "oidc"},
        {"sasl.oauthbearer.client.id", "tool"},
        {"sasl.oauthbearer.client.secret", "$TOKENS_SECRET"},
        {"sasl.oauthbearer.token.endpoint.url", "$" + provider}
    };
}

Settings certificate(const std::string& folder) {
    return {{"ssl.certificate.location", folder + "/alice.pem"}, {"ssl.key.location", folder + "/alice.pem"}};
}

const Settings plaintext{{"security.protocol", "SASL_PLAINTEXT"}};
const Settings tls{{"security.protocol", "SASL_SSL"}, {"ssl.ca.location", "$OWN/ca.pem"}};
const Settings mutual{{"security.protocol", "SSL"}, {"ssl.ca.location", "$OWN/ca.pem"}};

/// Before 2.6.1 it says the client's part of SCRAM's nonce twice, which Kafka refuses since 4.0, and so do we.
const bool speaks_scram = rd_kafka_version() >= 0x020601ff;

/// Whether it can ask a provider for tokens.
const bool asks_providers = [] {
    const auto conf = std::unique_ptr<RdKafka::Conf>(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    std::string why;
    return conf->set("sasl.oauthbearer.method", "oidc", why) == RdKafka::Conf::CONF_OK;
}();

std::vector<Login> scram_logins(const std::string& stem, const std::string& listener, const Settings& common) {
    std::vector<Login> all;
    for (const auto* digest : {"256", "512"}) {
        all.push_back(
            {fmt::format("{}Scram{}", stem, digest), listener,
             common + password(fmt::format("SCRAM-SHA-{}", digest), "carol", "$CAROL"), RdKafka::ERR__AUTHENTICATION}
        );
    }
    return all;
}

std::vector<Login> right() {
    std::vector<Login> all;
    for (const auto& [stem, listener, common] :
         {std::tuple("Plaintext", "BOOTSTRAP", plaintext), std::tuple("Tls", "SECURE", tls)}) {
        all.push_back({fmt::format("{}Plain", stem), listener, common + password("PLAIN", "alice", "$ALICE")});
        if (speaks_scram) {
            std::ranges::copy(scram_logins(stem, listener, common), std::back_inserter(all));
        }
    }
    all.push_back({"PlaintextUnsignedToken", "BOOTSTRAP", plaintext + unsigned_token()});
    if (asks_providers) {
        all.push_back({"TlsSignedToken", "SECURE", tls + token_of("TOKENS")});
    }
    all.push_back({"Certificate", "MUTUAL", mutual + certificate("$OWN")});
    return all;
}

std::vector<Login> wrong() {
    constexpr auto refused = RdKafka::ERR__AUTHENTICATION;
    constexpr auto no_tls = RdKafka::ERR__SSL;
    constexpr auto alert = RdKafka::ERR__TRANSPORT;  // in TLS 1.3 it comes after the client's side of the handshake
    std::vector<Login> all;
    for (const auto& [stem, listener, common] :
         {std::tuple("Plaintext", "BOOTSTRAP", plaintext), std::tuple("Tls", "SECURE", tls)}) {
        for (const auto* mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
            std::string name = fmt::format("{}{}", stem, mechanism);
            std::erase(name, '-');
            all.push_back({name + "Password", listener, common + password(mechanism, "carol", "wrong"), refused});
            all.push_back({name + "Nobody", listener, common + password(mechanism, "nobody", "$CAROL"), refused});
        }
        if (!speaks_scram) {
            std::ranges::copy(scram_logins(stem, listener, common), std::back_inserter(all));
        }
    }
    all.push_back({"TlsUnsignedToken", "SECURE", tls + unsigned_token(), refused});
    if (asks_providers) {
        all.push_back({"TlsTokenOfAStranger", "SECURE", tls + token_of("STRANGER"), refused});
    }
    all.push_back({"NoCertificate", "MUTUAL", mutual, alert, "SSL alert number"});
    all.push_back({"CertificateOfAStranger", "MUTUAL", mutual + certificate("$OTHER"), alert, "SSL alert number"});
    all.push_back(
        {"NodeOfAStranger", "SECURE",
         Settings{{"ssl.ca.location", "$OTHER/ca.pem"}} + tls + password("PLAIN", "alice", "$ALICE"), no_tls}
    );
    return all;
}

INSTANTIATE_TEST_SUITE_P(Logins, Right, testing::ValuesIn(right()), [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Logins, Wrong, testing::ValuesIn(wrong()), [](const auto& info) { return info.param.name; });

}  // namespace

}  // namespace barnabas::e2e
