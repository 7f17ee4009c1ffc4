#include "node/applied_controller.h"

#include <gtest/gtest.h>

#include <future>

#include "controller/delegation_token_requests.h"
#include "protocol/allocate_producer_ids.h"
#include "protocol/alter_client_quotas.h"
#include "protocol/alter_configs.h"
#include "protocol/alter_partition.h"
#include "protocol/alter_user_scram_credentials.h"
#include "protocol/assign_replicas_to_dirs.h"
#include "protocol/broker_heartbeat.h"
#include "protocol/broker_registration.h"
#include "protocol/controller_registration.h"
#include "protocol/create_acls.h"
#include "protocol/create_partitions.h"
#include "protocol/create_topics.h"
#include "protocol/delete_acls.h"
#include "protocol/delete_topics.h"
#include "protocol/elect_leaders.h"
#include "protocol/incremental_alter_configs.h"
#include "protocol/unregister_broker.h"
#include "protocol/update_features.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

/// Decides at once: what is agreed then stands at offset 7.
class QuickController final : public ControllerClient {
public:
    explicit QuickController(MetadataCache& agreed) : agreed_(agreed) {}

#define CONTROLLER_REQUEST(name)                                                                                \
    Task<Expected<name##Response>> submit(name##Request, std::int16_t, Instant, std::shared_ptr<MutationQuota>) \
        override {                                                                                              \
        publish(agreed_, Offset{7});                                                                            \
        co_return name##Response{};                                                                             \
    }
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

    static void publish(MetadataCache& cache, Offset reached) {
        MetadataImage image = *cache.image();
        image.provenance.last_offset = reached;
        cache.publish(MetadataDelta::between(cache.image(), std::make_shared<const MetadataImage>(std::move(image))));
    }

private:
    MetadataCache& agreed_;
};

class AppliedControllerTest : public testing::Test {
protected:
    AppliedControllerTest() { loop_.start(); }
    ~AppliedControllerTest() override { loop_.stop(); }

    std::future<bool> ask(Instant deadline) {
        auto answered = std::make_shared<std::promise<bool>>();
        loop_.spawn("asks", ask(deadline, answered));
        return answered->get_future();
    }

    MetadataCache agreed_;
    MetadataCache applied_;
    QuickController controller_{agreed_};
    AppliedController client_{controller_, agreed_, applied_};

private:
    Task<> ask(Instant deadline, std::shared_ptr<std::promise<bool>> answered) {
        const auto reply = co_await client_.submit(CreateTopicsRequest{}, 7, deadline, nullptr);
        answered->set_value(reply.has_value());
    }

    EventLoop loop_{"test"};
};

TEST_F(AppliedControllerTest, AnswersWhenTheBrokerHasFollowed) {
    auto answer = ask(system_clock().now() + 60s);
    EXPECT_EQ(answer.wait_for(50ms), std::future_status::timeout);
    QuickController::publish(applied_, Offset{6});
    EXPECT_EQ(answer.wait_for(50ms), std::future_status::timeout);
    QuickController::publish(applied_, Offset{7});
    EXPECT_TRUE(answer.get());
}

TEST_F(AppliedControllerTest, AnswersAtOnceWhatIsFollowedAlready) {
    QuickController::publish(applied_, Offset{7});
    EXPECT_TRUE(ask(system_clock().now() + 60s).get());
}

TEST_F(AppliedControllerTest, AnswersPastTheDeadlineAllTheSame) {
    EXPECT_TRUE(ask(system_clock().now() + 20ms).get());
}

}  // namespace
}  // namespace barnabas
