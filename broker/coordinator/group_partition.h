#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "coordinator/partition_log.h"
#include "group/group_shard.h"
#include "io/background_pool.h"
#include "model/record_batch_builder.h"

namespace barnabas {

/// One partition of __consumer_offsets for as long as this broker leads it: a GroupShard, its log, and those who wait
/// for its answers. Append, replay, commit, answer.
///
/// Thread-safe: a mutex guards the shard, and is held while its records are appended. Timers, loading and the high
/// watermark's progress are looked after by one coroutine on `loop`.
class GroupPartition : public std::enable_shared_from_this<GroupPartition> {
public:
    struct Options {
        GroupOptions group;
        std::chrono::milliseconds commit_timeout{5000};  ///< `offsets.commit.timeout.ms`
        std::size_t load_buffer = 5242880;               ///< `offsets.load.buffer.size`
        Compression compression = Compression::none;     ///< `offsets.topic.compression.codec`

        [[nodiscard]] static Options of(const Config& config);
    };
    struct Services {
        const Clock& clock;
        EventLoop& loop;
        BackgroundPool& background;
    };

    GroupPartition(
        TopicPartition name, LeaderEpoch epoch, std::shared_ptr<PartitionLog> log, Options options, Services services
    );

    [[nodiscard]] LeaderEpoch epoch() const { return {epoch_.load(std::memory_order_acquire)}; }
    /// This broker goes on leading, with its log as it is, in a new epoch.
    void set_epoch(LeaderEpoch epoch) { epoch_.store(epoch.value, std::memory_order_release); }
    /// Begins to load the log. Once.
    void start();
    /// Another broker leads now: whoever waits is told not_coordinator. Idempotent; returns at once.
    void close();

    using Decide = std::function<Effects(GroupShard& shard, Moment now, Ticket ticket)>;
    /// Calls `decide`, before it returns. The task, a coroutine of `loop`, waits for the shard's answer. Errors:
    /// coordinator_load_in_progress; not_coordinator, after which what came of the request is unknown.
    [[nodiscard]] Task<Expected<GroupReply>> ask(EventLoop& loop, const Decide& decide);
    /// For what needs no records: `look` sees the shard under the lock. Errors: the same.
    [[nodiscard]] Expected<void> look(const std::function<void(GroupShard& shard, Moment now)>& look);
    /// Removes the offsets of topics that are gone, now or when the log has been loaded.
    void topics_deleted(std::vector<std::string> topics);

private:
    enum class State : std::uint8_t { loading, active, closed };
    /// A request that has not been answered. `reply` is set before the waiter is notified.
    struct Waiting {
        std::shared_ptr<Waiter> waiter;
        std::optional<Expected<GroupReply>> reply;
    };
    struct Uncommitted {
        WriteId write;
        Offset end;  ///< committed when the high watermark reaches it
        Instant deadline;
    };

    [[nodiscard]] Expected<void> check_active() const;
    [[nodiscard]] Moment now() const { return {clock_.now(), clock_.timestamp()}; }

    // Under the lock.
    void perform(Moment now, Effects effects);
    [[nodiscard]] Expected<Offset> write(Moment now, std::vector<GroupRecord> records);
    void answer(Effects::Answer answer);
    void commit_up_to_high_watermark(Moment now);
    void fail_overdue(Moment now);
    void watch_while_uncommitted(Moment now);
    [[nodiscard]] Instant next_wake() const;
    void close_locked();

    // On the loop.
    static Task<> run(std::shared_ptr<GroupPartition> self);
    static Task<Expected<GroupReply>> wait(
        std::shared_ptr<GroupPartition> self, Ticket ticket, std::shared_ptr<Waiting> waiting
    );
    Task<bool> load();
    /// Replays what one read yields; the offset after it. On a background thread.
    [[nodiscard]] Expected<Offset> load_from(Offset offset);

    const TopicPartition name_;
    std::atomic<std::int32_t> epoch_;
    const std::shared_ptr<PartitionLog> log_;
    const Options options_;
    const Clock& clock_;
    EventLoop& loop_;
    BackgroundPool& background_;
    const std::shared_ptr<Waiter> waiter_;  ///< of `run`

    mutable std::mutex mutex_;
    State state_ = State::loading;
    GroupShard shard_;
    std::uint64_t last_ticket_ = 0;
    std::map<Ticket, std::shared_ptr<Waiting>> waiting_;
    bool watching_ = false;
    std::deque<Uncommitted> uncommitted_;      ///< in the log's order
    std::vector<std::string> deleted_topics_;  ///< learned of while loading
    Instant wakes_at_ = Instant::max();        ///< when `run` looks next by itself
};

}  // namespace barnabas
