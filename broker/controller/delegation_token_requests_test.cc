#include "controller/delegation_token_requests.h"

#include "controller/controller_test_support.h"

namespace barnabas {
namespace {

using Kind = DelegationTokenChangeRequest::Kind;

class DelegationTokenRequests : public testing::Test {
protected:
    void SetUp() override { world_.start_brokers(1); }

    ErrorCode change(Kind kind, std::int64_t expires = 100) {
        DelegationTokenChangeRequest request{kind, {}};
        request.token.token_id = "t1";
        request.token.owner = request.token.requester = "User:alice";
        request.token.max_timestamp = 1000;
        request.token.expiration_timestamp = expires;
        return world_.ask(request).error_code;
    }
    [[nodiscard]] std::int64_t expires() const {
        const auto* token = world_.image().security.delegation_tokens().find(std::string("t1"));
        return token != nullptr ? (*token)->expiration_timestamp : -1;
    }

    ControllerWorld world_;
};

TEST_F(DelegationTokenRequests, MakeProlongAndRemove) {
    EXPECT_EQ(change(Kind::create), ErrorCode::none);
    EXPECT_EQ(expires(), 100);
    EXPECT_EQ(change(Kind::prolong, 200), ErrorCode::none);
    EXPECT_EQ(expires(), 200);
    EXPECT_EQ(change(Kind::remove), ErrorCode::none);
    EXPECT_EQ(expires(), -1);
}

TEST_F(DelegationTokenRequests, BringNoTokenBack) {
    EXPECT_EQ(change(Kind::prolong), ErrorCode::delegation_token_not_found);
    EXPECT_EQ(change(Kind::remove), ErrorCode::delegation_token_not_found);
    EXPECT_EQ(expires(), -1);
}

}  // namespace
}  // namespace barnabas
