#include "coordinator/group_partition.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>

#include "group/test_requests.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

/// A log in memory whose high watermark may be held back.
class MemoryLog final : public PartitionLog {
public:
    Expected<Written> append(MutableBytes batch, LeaderEpoch epoch) override {
        std::shared_ptr<Waiter> waiter;
        Written written;
        {
            const std::lock_guard lock(mutex_);
            if (refusal_ != ErrorCode::none) {
                return fail(refusal_, "refused");
            }
            set_base_offset(batch, end_);
            set_leader_epoch(batch, epoch);
            written = {end_, RecordBatchView(batch).next_offset()};
            end_ = written.end;
            batches_.emplace_back(batch.begin(), batch.end());
            if (!held_) {
                committed_ = end_;
            }
            waiter = waiter_;
        }
        if (waiter) {
            waiter->notify();
        }
        return written;
    }
    Offset high_watermark() const override {
        const std::lock_guard lock(mutex_);
        return committed_;
    }
    Offset log_start() const override { return {0}; }
    Offset log_end() const override {
        const std::lock_guard lock(mutex_);
        return end_;
    }
    Expected<Bytes> read(Offset from, std::size_t) override {
        const std::lock_guard lock(mutex_);
        for (const Bytes& batch : batches_) {
            if (RecordBatchView(batch).next_offset() > from) {
                return batch;
            }
        }
        return Bytes();
    }
    void watch(std::shared_ptr<Waiter> waiter) override {
        const std::lock_guard lock(mutex_);
        waiter_ = std::move(waiter);
    }
    void unwatch(const Waiter&) override {
        const std::lock_guard lock(mutex_);
        waiter_.reset();
    }

    void hold(bool held) {
        std::shared_ptr<Waiter> waiter;
        {
            const std::lock_guard lock(mutex_);
            held_ = held;
            committed_ = held ? committed_ : end_;
            waiter = waiter_;
        }
        if (waiter) {
            waiter->notify();
        }
    }
    void refuse(ErrorCode code) {
        const std::lock_guard lock(mutex_);
        refusal_ = code;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Bytes> batches_;
    Offset end_{0};
    Offset committed_{0};
    bool held_ = false;
    ErrorCode refusal_ = ErrorCode::none;
    std::shared_ptr<Waiter> waiter_;
};

class GroupPartitionTest : public testing::Test {
protected:
    GroupPartitionTest() {
        client_.start();
        timers_.start();
        open();
    }
    ~GroupPartitionTest() override {
        partition_->close();
        background_.stop();
        timers_.stop();
        client_.stop();
    }

    void open() {
        GroupPartition::Options options;
        options.group.initial_rebalance_delay = 10ms;
        options.commit_timeout = 200ms;
        partition_ = std::make_shared<GroupPartition>(
            TopicPartition{"__consumer_offsets", {3}}, LeaderEpoch{1}, log_, options,
            GroupPartition::Services{system_clock(), timers_, background_}
        );
        partition_->start();
        const auto looked = [&] { return partition_->look([](GroupShard&, Moment) {}); };
        while (!looked()) {
            std::this_thread::sleep_for(1ms);
        }
    }

    using Reply = Expected<GroupReply>;
    std::future<Reply> ask(const GroupPartition::Decide& decide) {
        auto promise = std::make_shared<std::promise<Reply>>();
        auto future = promise->get_future();
        client_.spawn("test", answer(partition_->ask(client_, decide), promise));
        return future;
    }
    static Task<> answer(Task<Reply> task, std::shared_ptr<std::promise<Reply>> promise) {
        promise->set_value(co_await std::move(task));
    }
    std::future<Reply> commit(std::int64_t offset) {
        return ask([=](GroupShard& shard, Moment now, Ticket ticket) {
            return shard.commit(now, ticket, {}, commit_request({.offset = offset}));
        });
    }
    std::future<Reply> join(std::string member = {}) {
        return ask([=](GroupShard& shard, Moment now, Ticket ticket) {
            return shard.join(now, ticket, {"c", "/h", 3}, join_request({.member = member}));
        });
    }
    static ErrorCode code_of(const Reply& reply) {
        return std::get<OffsetCommitResponse>(*reply).topics[0].partitions[0].error_code;
    }
    std::int64_t committed() {
        const auto reply = ask([](GroupShard& shard, Moment now, Ticket ticket) {
                               return shard.fetch(now, ticket, fetch_request("g", "orders", 0), false);
                           }).get();
        return std::get<OffsetFetchResponse::OffsetFetchResponseGroup>(*reply).topics[0].partitions[0].committed_offset;
    }

    EventLoop client_{"client"};
    EventLoop timers_{"timers"};
    BackgroundPool background_{1, 10};
    std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>();
    std::shared_ptr<GroupPartition> partition_;
};

TEST_F(GroupPartitionTest, AnswersACommitWhenItIsCommitted) {
    EXPECT_EQ(code_of(commit(1).get()), ErrorCode::none);
    log_->hold(true);
    auto second = commit(2);
    EXPECT_EQ(second.wait_for(30ms), std::future_status::timeout);
    log_->hold(false);
    EXPECT_EQ(code_of(second.get()), ErrorCode::none);
    EXPECT_EQ(committed(), 2);
}

TEST_F(GroupPartitionTest, TellsAClientWhoseCommitTakesTooLong) {
    log_->hold(true);
    EXPECT_EQ(code_of(commit(1).get()), ErrorCode::coordinator_not_available);
    log_->hold(false);
    EXPECT_EQ(committed(), 1);  // the record was in the log
}

TEST_F(GroupPartitionTest, TellsAClientWhatTheLogRefuses) {
    log_->refuse(ErrorCode::not_enough_replicas);
    EXPECT_EQ(code_of(commit(1).get()), ErrorCode::coordinator_not_available);
    log_->refuse(ErrorCode::none);
    EXPECT_EQ(committed(), -1);
}

TEST_F(GroupPartitionTest, LoadsWhatItsPredecessorWrote) {
    commit(1).get();
    commit(7).get();
    partition_->close();
    open();
    EXPECT_EQ(committed(), 7);
}

TEST_F(GroupPartitionTest, RunsTheShardsTimers) {
    const auto reply = join().get();
    const auto& joined = std::get<JoinGroupResponse>(*reply);
    EXPECT_EQ(joined.error_code, ErrorCode::none);
    EXPECT_EQ(joined.generation_id, 1);
}

TEST_F(GroupPartitionTest, TellsThoseWhoWaitThatAnotherBrokerLeads) {
    const auto first = join().get();
    auto second = join();
    EXPECT_EQ(second.wait_for(30ms), std::future_status::timeout);  // for the first to join again
    partition_->close();
    EXPECT_EQ(second.get().error().code, ErrorCode::not_coordinator);
    EXPECT_EQ(commit(1).get().error().code, ErrorCode::not_coordinator);
}

TEST_F(GroupPartitionTest, RemovesTheOffsetsOfDeletedTopics) {
    commit(1).get();
    partition_->topics_deleted({"orders"});
    EXPECT_EQ(committed(), -1);
}

}  // namespace
}  // namespace barnabas
