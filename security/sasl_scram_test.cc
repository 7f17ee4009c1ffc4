#include "security/sasl_scram.h"

#include <gtest/gtest.h>

#include <functional>

#include "security/sasl_client.h"
#include "security/scram_digest.h"
#include "security/scram_message.h"

namespace barnabas {

namespace {

const Timestamp some_time{std::chrono::milliseconds(1'000)};

/// alice with a password, and a token "t1" of bob whose HMAC is "aG1hYw==".
class FewAccounts final : public ScramAccounts {
public:
    [[nodiscard]] ScramAccount user(ScramMechanism mechanism, std::string_view user_name) const override {
        return account(mechanism, user_name, "alice", "alice-secret");
    }
    [[nodiscard]] ScramAccount token(ScramMechanism mechanism, std::string_view id, Timestamp) const override {
        ScramAccount found = account(mechanism, id, "t1", "aG1hYw==");
        found.name = "bob";
        found.valid_until = some_time;
        return found;
    }

private:
    static ScramAccount account(
        ScramMechanism mechanism, std::string_view wanted, std::string_view known, std::string_view password
    ) {
        if (wanted != known) {
            return {.credential = decoy_credential(mechanism, wanted, as_bytes("?")), .name = "", .exists = false};
        }
        const BytesView salt = as_bytes("salt");
        const auto salted = salt_password(mechanism, password, salt, 4096);
        return {.credential = *make_scram_credential(mechanism, *salted, salt, 4096), .name = std::string(known)};
    }
};

const FewAccounts few_accounts;

/// alice, derived once.
class AliceAccount final : public ScramAccounts {
public:
    [[nodiscard]] ScramAccount user(ScramMechanism, std::string_view user_name) const override {
        static const ScramAccount alice = few_accounts.user(ScramMechanism::sha_256, "alice");
        ScramAccount found = alice;
        found.exists = user_name == "alice";
        return found;
    }
    [[nodiscard]] ScramAccount token(ScramMechanism mechanism, std::string_view id, Timestamp) const override {
        return user(mechanism, id);
    }
};

const AliceAccount alice_account;

struct ScramRun {
    std::vector<Bytes> sent;  ///< by the client
    SaslStep last;
    bool client_complete = false;
};

/// A whole exchange.
ScramRun authenticate(ScramMechanism mechanism, const UserPassword& login, bool by_token) {
    const auto client = make_scram_client(mechanism, login, by_token, "clientnonce");
    ScramExchange server(mechanism, few_accounts, "servernonce");
    ScramRun run;
    for (Expected<Bytes> message = client->begin(); message;) {
        run.sent.push_back(*message);
        run.last = server.step(*message, some_time);
        if (const auto* challenge = std::get_if<SaslChallenge>(&run.last)) {
            message = client->step(challenge->to_client);
            continue;
        }
        if (const auto* identity = std::get_if<SaslIdentity>(&run.last)) {
            (void)client->step(identity->to_client);
            run.client_complete = client->is_complete();
        }
        break;
    }
    return run;
}

}  // namespace

TEST(Scram, lets_in_who_knows_the_password_and_proves_the_server_to_them) {
    for (const auto mechanism : {ScramMechanism::sha_256, ScramMechanism::sha_512}) {
        const ScramRun run = authenticate(mechanism, {"alice", "alice-secret"}, false);
        const auto* identity = std::get_if<SaslIdentity>(&run.last);
        ASSERT_NE(identity, nullptr);
        EXPECT_EQ(identity->principal(), "User:alice");
        EXPECT_FALSE(identity->by_token);
        EXPECT_TRUE(run.client_complete);
    }
}

TEST(Scram, keeps_out_others_and_tells_them_nothing) {
    for (const UserPassword& login :
         {UserPassword{"alice", "mistaken"}, UserPassword{"nobody", "alice-secret"}, UserPassword{"t1", "aG1hYw=="}}) {
        const ScramRun run = authenticate(ScramMechanism::sha_256, login, false);
        const auto* failure = std::get_if<SaslFailure>(&run.last);
        ASSERT_NE(failure, nullptr);
        EXPECT_EQ(run.sent.size(), 2u);  // a name that is not there meets the same course
        EXPECT_EQ(
            failure->to_client,
            "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256"
        );
        EXPECT_NE(failure->reason.find(login.user), std::string::npos);
        EXPECT_EQ(failure->reason.find(login.password), std::string::npos);
    }
}

TEST(Scram, lets_in_the_owner_of_a_delegation_token) {
    const ScramRun run = authenticate(ScramMechanism::sha_512, {"t1", "aG1hYw=="}, true);
    const auto* identity = std::get_if<SaslIdentity>(&run.last);
    ASSERT_NE(identity, nullptr);
    EXPECT_EQ(identity->principal(), "User:bob");
    EXPECT_TRUE(identity->by_token);
    EXPECT_EQ(identity->valid_until, some_time);
}

TEST(Scram, speaks_as_rfc_7677_does) {
    // Its example: user "user", password "pencil".
    struct Pencil final : ScramAccounts {
        [[nodiscard]] ScramAccount user(ScramMechanism mechanism, std::string_view user_name) const override {
            const Bytes salt =
                *[] { return parse_scram_server_first("r=x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1"); }().transform(
                     [](const ScramServerFirst& first) { return first.salt; }
                 );
            const auto salted = salt_password(mechanism, "pencil", salt, 4096);
            return {
                .credential = *make_scram_credential(mechanism, *salted, salt, 4096), .name = std::string(user_name)
            };
        }
        [[nodiscard]] ScramAccount token(ScramMechanism mechanism, std::string_view id, Timestamp) const override {
            return user(mechanism, id);
        }
    };
    const Pencil accounts;
    ScramExchange server(ScramMechanism::sha_256, accounts, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    const SaslStep first = server.step(as_bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"), some_time);
    ASSERT_TRUE(std::holds_alternative<SaslChallenge>(first));
    EXPECT_EQ(
        as_text(std::get<SaslChallenge>(first).to_client),
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    );
    const SaslStep last = server.step(
        as_bytes("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                 "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
        some_time
    );
    ASSERT_TRUE(std::holds_alternative<SaslIdentity>(last));
    EXPECT_EQ(as_text(std::get<SaslIdentity>(last).to_client), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(Scram, fails_when_any_byte_is_cut_or_flipped) {
    const auto sound = authenticate(ScramMechanism::sha_256, {"alice", "alice-secret"}, false);
    ASSERT_EQ(sound.sent.size(), 2u);
    const auto lets_in = [&](std::size_t which, const std::function<void(Bytes&)>& spoil) {
        std::vector<Bytes> messages = sound.sent;
        spoil(messages[which]);
        ScramExchange server(ScramMechanism::sha_256, alice_account, "servernonce");
        return std::holds_alternative<SaslChallenge>(server.step(messages[0], some_time)) &&
               std::holds_alternative<SaslIdentity>(server.step(messages[1], some_time));
    };
    ASSERT_TRUE(lets_in(0, [](Bytes&) {}));
    for (std::size_t which = 0; which < 2; ++which) {
        for (std::size_t at = 0; at < sound.sent[which].size(); ++at) {
            EXPECT_FALSE(lets_in(which, [&](Bytes& bytes) { bytes.resize(at); })) << which << " " << at;
            for (int bit = 0; bit < 8; ++bit) {
                const std::byte flip{static_cast<unsigned char>(1 << bit)};
                EXPECT_FALSE(lets_in(which, [&](Bytes& bytes) { bytes[at] ^= flip; })) << which << " " << at;
            }
        }
    }
}

TEST(Scram, refuses_a_nonce_that_is_said_twice_and_tells_the_administrator_why) {
    const auto client = make_scram_client(ScramMechanism::sha_256, {"alice", "alice-secret"}, false, "clientnonce");
    ScramExchange server(ScramMechanism::sha_256, alice_account, "servernonce");
    (void)server.step(*client->begin(), some_time);
    const SaslStep step = server.step(as_bytes("c=biws,r=clientnonceclientnonceservernonce,p=AAAA"), some_time);
    ASSERT_TRUE(std::holds_alternative<SaslFailure>(step));
    EXPECT_NE(std::get<SaslFailure>(step).reason.find("librdkafka"), std::string::npos);
}

TEST(Scram, refuses_channel_binding_and_other_names_to_act_for) {
    for (const auto text :
         {"y,,n=alice,r=x", "p=tls-unique,,n=alice,r=x", "n,,m=x,n=alice,r=x", "n,,n=alice,r=", "n,,n=,r=x",
          "n,,n=al=41ice,r=x", "n,,n=alice", "n,a=,n=alice,r=x", ""}) {
        EXPECT_EQ(parse_scram_client_first(text), std::nullopt) << text;
    }
    ScramExchange server(ScramMechanism::sha_256, few_accounts, "servernonce");
    const SaslStep step = server.step(as_bytes("n,a=bob,n=alice,r=x"), some_time);
    ASSERT_TRUE(std::holds_alternative<SaslFailure>(step));
    EXPECT_EQ(
        std::get<SaslFailure>(step).to_client,
        "Authentication failed: Client requested an authorization id that is different from username"
    );
}

TEST(Scram, writes_commas_and_equals_signs_of_names_apart) {
    EXPECT_EQ(to_sasl_name("a,b=c"), "a=2Cb=3Dc");
    EXPECT_EQ(from_sasl_name("a=2Cb=3Dc"), "a,b=c");
    const auto message = parse_scram_client_first("n,a=x=2Cy,n=x=2Cy,r=abc,tokenauth=true,other=1=2");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->user, "x,y");
    EXPECT_EQ(message->authorization, "x,y");
    EXPECT_EQ(message->header, "n,a=x=2Cy,");
    EXPECT_EQ(message->extensions.at("tokenauth"), "true");
    EXPECT_EQ(message->extensions.at("other"), "1=2");
}

}  // namespace barnabas
