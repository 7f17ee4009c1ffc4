#include "security/sasl_plain.h"

#include <gtest/gtest.h>

#include "security/sasl_client.h"

namespace barnabas {

namespace {

using namespace std::string_view_literals;

std::string plain(std::string_view message) {
    PlainExchange exchange(std::make_shared<PlainUsers>(PlainUsers{{"alice", "alice-secret"}, {"bob", "b"}}));
    const SaslStep step = exchange.step(as_bytes(message), {});
    if (const auto* identity = std::get_if<SaslIdentity>(&step)) {
        return identity->principal();
    }
    const auto& failure = std::get<SaslFailure>(step);
    EXPECT_EQ(failure.reason.find("secret"), std::string::npos);
    return failure.to_client;
}

}  // namespace

// What Kafka answers to the same.
TEST(Plain, decides_and_words_as_kafka_does) {
    EXPECT_EQ(plain("\0alice\0alice-secret"sv), "User:alice");
    EXPECT_EQ(plain("alice\0alice\0alice-secret"sv), "User:alice");
    EXPECT_EQ(plain("\0alice\0alice-secre"sv), "Authentication failed: Invalid username or password");
    EXPECT_EQ(plain("\0alice\0alice-secret2"sv), "Authentication failed: Invalid username or password");
    EXPECT_EQ(plain("\0nobody\0?"sv), "Authentication failed: Invalid username or password");
    EXPECT_EQ(
        plain("bob\0alice\0alice-secret"sv),
        "Authentication failed: Client requested an authorization id that is different from username"
    );
    EXPECT_EQ(plain("\0\0alice-secret"sv), "Authentication failed: username not specified");
    EXPECT_EQ(plain("\0alice\0"sv), "Authentication failed: password not specified");
    EXPECT_EQ(plain(""sv), "Invalid SASL/PLAIN response: expected 3 tokens, got 1");
    EXPECT_EQ(plain("\0alice"sv), "Invalid SASL/PLAIN response: expected 3 tokens, got 2");
    EXPECT_EQ(plain("\0alice\0a\0b\0c"sv), "Invalid SASL/PLAIN response: expected 3 tokens, got 4");
}

TEST(Plain, client_says_what_the_server_expects) {
    const auto client = make_plain_client({"bob", "b"});
    EXPECT_EQ(plain(as_text(*client->begin())), "User:bob");
}

}  // namespace barnabas
