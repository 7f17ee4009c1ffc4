#include "controller/directory_reports.h"

#include <gtest/gtest.h>

#include <deque>
#include <future>

#include "controller/controller.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

constexpr TopicId orders{1, 100};
constexpr Uuid first_directory{2, 201}, second_directory{2, 202};

/// Answers what the test says, and refuses everything that is not about directories.
class Answering final : public ControllerClient {
public:
    using Answer = Expected<AssignReplicasToDirsResponse>;

#define CONTROLLER_REQUEST(name)                                                                    \
    Task<Expected<name##Response>>                                                                  \
    submit(name##Request request, std::int16_t, Instant, std::shared_ptr<MutationQuota>) override { \
        co_return answer(std::move(request), static_cast<Expected<name##Response>*>(nullptr));      \
    }
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

    /// `meanwhile` happens before the answer is given.
    std::future<AssignReplicasToDirsRequest> next(Answer reply, std::function<void()> meanwhile = [] {}) {
        const std::scoped_lock lock(mutex_);
        Prepared& prepared = prepared_.emplace_back();
        prepared.reply = std::move(reply);
        prepared.meanwhile = std::move(meanwhile);
        return prepared.asked.get_future();
    }

private:
    template <class Request, class Reply>
    Reply answer(Request, Reply*) {
        return fail(ErrorCode::invalid_request, "not expected here");
    }
    Answer answer(AssignReplicasToDirsRequest request, Answer*) {
        const std::scoped_lock lock(mutex_);
        if (prepared_.empty()) {
            return fail(ErrorCode::not_controller, "nothing prepared");
        }
        Prepared prepared = std::move(prepared_.front());
        prepared_.pop_front();
        prepared.meanwhile();
        prepared.asked.set_value(std::move(request));
        return prepared.reply;
    }

    struct Prepared {
        Answer reply;
        std::function<void()> meanwhile;
        std::promise<AssignReplicasToDirsRequest> asked;
    };

    std::mutex mutex_;
    std::deque<Prepared> prepared_;
};

class DirectoryReportsTest : public testing::Test {
protected:
    void SetUp() override {
        loop_.spawn("reports", reports_.run());
        loop_.start();
    }
    void TearDown() override {
        reports_.stop();
        loop_.stop();
    }

    Answering controller_;
    EventLoop loop_{"reports"};
    DirectoryReports reports_{loop_, controller_, system_clock(), {1}, [] { return BrokerEpoch{7}; }};
};

TEST_F(DirectoryReportsTest, SaysWhereAReplicaLives) {
    auto asked = controller_.next(AssignReplicasToDirsResponse());
    reports_.add(orders, {3}, first_directory);
    ASSERT_EQ(asked.wait_for(5s), std::future_status::ready);
    const AssignReplicasToDirsRequest request = asked.get();
    EXPECT_EQ(request.broker_id, 1);
    EXPECT_EQ(request.broker_epoch, 7);
    ASSERT_EQ(request.directories.size(), 1u);
    EXPECT_EQ(request.directories[0].id, first_directory);
    EXPECT_EQ(request.directories[0].topics[0].topic_id, orders);
    EXPECT_EQ(request.directories[0].topics[0].partitions[0].partition_index, 3);
}

TEST_F(DirectoryReportsTest, SaysAgainWhatTheControllerDidNotTake) {
    auto refused = controller_.next(fail(ErrorCode::not_controller, "no"), [this] {
        reports_.add(orders, {0}, second_directory);
    });
    auto taken = controller_.next(AssignReplicasToDirsResponse());
    reports_.add(orders, {0}, first_directory);
    ASSERT_EQ(refused.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(refused.get().directories[0].id, first_directory);
    // What was said last counts.
    ASSERT_EQ(taken.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(taken.get().directories[0].id, second_directory);
}

}  // namespace
}  // namespace barnabas
