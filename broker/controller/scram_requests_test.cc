#include "controller/scram_requests.h"

#include "controller/controller_test_support.h"
#include "security/scram_credential.h"

namespace barnabas {
namespace {

constexpr std::int8_t sha_256 = 1, sha_512 = 2;

class ScramRequests : public testing::Test {
protected:
    void SetUp() override { world_.start_brokers(1); }

    void upsert(std::string_view user, std::int8_t mechanism, std::int32_t iterations = 4096) {
        auto& upsertion = request_.upsertions.emplace_back();
        upsertion.name = user;
        upsertion.mechanism = mechanism;
        upsertion.iterations = iterations;
        upsertion.salt = as_bytes("salt");
        upsertion.salted_password = BytesView(salted_).first(mechanism == sha_512 ? 64 : 32);
    }
    void remove(std::string_view user, std::int8_t mechanism) {
        auto& deletion = request_.deletions.emplace_back();
        deletion.name = user;
        deletion.mechanism = mechanism;
    }
    /// By user.
    std::map<std::string, ErrorCode> ask() {
        std::map<std::string, ErrorCode> errors;
        for (const auto& result : world_.ask(std::exchange(request_, {})).results) {
            errors[result.user] = result.error_code;
        }
        return errors;
    }
    [[nodiscard]] bool has(std::string_view user, std::int8_t mechanism) const {
        return world_.image().security.scram_credentials().contains(std::pair(mechanism, std::string(user)));
    }

    ControllerWorld world_;
    const Bytes salted_ = Bytes(64, std::byte{7});
    AlterUserScramCredentialsRequest request_;
};

using Errors = std::map<std::string, ErrorCode>;

TEST_F(ScramRequests, KeepTheKeysAndNotTheSaltedPassword) {
    upsert("alice", sha_256, 5000);
    upsert("bob", sha_512);
    EXPECT_EQ(ask(), (Errors{{"alice", ErrorCode::none}, {"bob", ErrorCode::none}}));
    const auto* record = world_.image().security.scram_credentials().find(std::pair(sha_256, std::string("alice")));
    ASSERT_NE(record, nullptr);
    const auto derived =
        make_scram_credential(ScramMechanism::sha_256, BytesView(salted_).first(32), as_bytes("salt"), 5000);
    EXPECT_EQ((*record)->stored_key, derived->stored_key);
    EXPECT_EQ((*record)->server_key, derived->server_key);
    EXPECT_EQ((*record)->iterations, 5000);
    EXPECT_TRUE(has("bob", sha_512));
    remove("alice", sha_256);
    EXPECT_EQ(ask(), (Errors{{"alice", ErrorCode::none}}));
    EXPECT_FALSE(has("alice", sha_256));
}

TEST_F(ScramRequests, FailForTheUserWhoseWishIsWrong) {
    remove("", sha_256);
    remove("nobody", sha_256);
    remove("unknown", 3);
    upsert("few", sha_256, 4095);
    upsert("many", sha_256, 16385);
    upsert("twice", sha_256);
    upsert("twice", sha_512);
    upsert("good", sha_256);
    EXPECT_EQ(
        ask(), (Errors{
                   {"", ErrorCode::unacceptable_credential},
                   {"nobody", ErrorCode::resource_not_found},
                   {"unknown", ErrorCode::unsupported_sasl_mechanism},
                   {"few", ErrorCode::unacceptable_credential},
                   {"many", ErrorCode::unacceptable_credential},
                   {"twice", ErrorCode::duplicate_resource},
                   {"good", ErrorCode::none}
               })
    );
    EXPECT_TRUE(has("good", sha_256));
    EXPECT_FALSE(has("twice", sha_256));
    EXPECT_FALSE(has("twice", sha_512));
}

TEST_F(ScramRequests, RefuseASaltedPasswordThatIsNone) {
    upsert("alice", sha_256);
    request_.upsertions.back().salted_password = BytesView(salted_).first(1);
    EXPECT_EQ(ask(), (Errors{{"alice", ErrorCode::unacceptable_credential}}));
}

}  // namespace
}  // namespace barnabas
