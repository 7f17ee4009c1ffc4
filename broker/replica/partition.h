#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "io/waiter.h"
#include "log/hosted_log.h"
#include "metadata/partition_registration.h"
#include "replica/isr_state.h"

namespace barnabas {

/// Records of one partition as one fetch gets them.
struct PartitionRead {
    Offset high_watermark = no_offset;
    Offset last_stable_offset = no_offset;
    Offset log_start = no_offset;
    LogSlice slice;
};

/// This broker's replica of one partition: who leads it, its log, and those who wait for it to move on.
///
/// Thread-safe. The log's mutex is the partition's: an append holds it from the epoch check to the high watermark, but
/// not while it checks the records.
/// Reads take no lock that an append holds.
class Partition : public std::enable_shared_from_this<Partition> {
public:
    /// Told of the log, without locks held.
    struct Listener {
        /// The disk refused an operation.
        std::function<void(const HostedLog& hosted, const Error& error)> storage_failed{};
        /// A segment was begun: for `WriteBehind::rolled`.
        std::function<void(const std::shared_ptr<HostedLog>& hosted)> rolled{};
        /// For `WriteBehind::much_appended`.
        std::function<void(const std::shared_ptr<HostedLog>& hosted)> much_appended{};
    };

    /// `listener` outlives it.
    Partition(
        TopicPartition name, TopicId topic, NodeId self, std::shared_ptr<HostedLog> hosted, const Listener& listener
    );
    /// A replica whose disk is offline: it answers kafka_storage_error with `why`.
    Partition(TopicPartition name, TopicId topic, NodeId self, std::string why);

    [[nodiscard]] const TopicPartition& name() const { return name_; }
    [[nodiscard]] const TopicId& topic_id() const { return topic_; }
    /// Null where the disk is offline.
    [[nodiscard]] const std::shared_ptr<HostedLog>& hosted() const { return hosted_; }

    /// Follows what the controller decided. `now` gives every follower one whole lag time.
    Expected<void> apply(const PartitionRegistration& state, IsrState::Options options, Instant now);
    /// The partition has left this broker; whoever waits for it is woken, and every further request refused.
    void leave();

    /// The leader's log, or why it cannot be used: not_leader_or_follower, kafka_storage_error, and for a request that
    /// names an epoch (not -1) fenced_leader_epoch or unknown_leader_epoch.
    [[nodiscard]] Expected<Log*> leader_log(LeaderEpoch request_epoch = no_leader_epoch) const;
    [[nodiscard]] LeaderEpoch leader_epoch() const { return {leader_epoch_.load(std::memory_order_acquire)}; }
    [[nodiscard]] bool leads() const { return leads_.load(std::memory_order_acquire); }

    struct AppendRequest {
        AppendOrigin origin = AppendOrigin::client;
        /// acks=all: refuse with not_enough_replicas while fewer than `min.insync.replicas` are in sync
        bool needs_min_isr = false;
        LeaderEpoch epoch = no_leader_epoch;  ///< of the caller, where it has one (a coordinator)
    };
    struct AppendResult {
        Appended appended;
        bool flush_due = false;  ///< `flush.messages` or `flush.ms` ask for `flush()` before the answer
    };
    /// Appends to the leader's log; offsets and epoch are written into `batches`.
    std::expected<AppendResult, AppendFailure> append(MutableBytes batches, AppendRequest request, const Clock& clock);

    /// Brings the log to the device. Blocks: on a background thread.
    Expected<void> flush(Timestamp now);

    /// Whether every record below `end` is committed.
    [[nodiscard]] bool committed(Offset end) const { return hosted_ && hosted_->log->high_watermark() >= end; }

    /// Records from `offset`, up to the bound. Errors: those of `leader_log`, and of `Log::read`.
    [[nodiscard]] Expected<PartitionRead> read(
        Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, LeaderEpoch request_epoch,
        ReadFrom from = ReadFrom::device
    ) const;

    /// Deletes all below `offset` (-1: the high watermark). The new log start. Errors: those of `leader_log`,
    /// offset_out_of_range, policy_violation where the topic only compacts.
    Expected<Offset> delete_records(Offset offset);

    /// `waiter` is notified whenever the high watermark or the last stable offset moves, leadership changes or the
    /// partition leaves. Until `unwatch`.
    void watch(std::shared_ptr<Waiter> waiter);
    void unwatch(const Waiter& waiter);

    [[nodiscard]] std::size_t in_sync_count() const;

private:
    [[nodiscard]] std::expected<AppendResult, AppendFailure> append_locked(
        Log& log, std::expected<ValidatedBatches, AppendFailure> valid, AppendRequest request, const Clock& clock
    );
    [[nodiscard]] Expected<void> check_min_isr() const;
    /// Passes `error` on, after telling of a disk's refusal.
    [[nodiscard]] Error told(Error error) const;
    void notify_watchers();
    void raise_high_watermark();

    const TopicPartition name_;
    const TopicId topic_;
    const NodeId self_;
    const std::shared_ptr<HostedLog> hosted_;
    const Listener* const listener_ = nullptr;
    const std::string why_offline_;

    std::atomic<std::int32_t> leader_epoch_{no_leader_epoch.value};
    std::atomic<bool> leads_{false};

    std::optional<IsrState> isr_;  ///< while leader; guarded by hosted_->mutex

    mutable std::mutex watch_mutex_;
    std::vector<std::shared_ptr<Waiter>> watchers_;
    std::atomic<std::size_t> watcher_count_{0};  ///< spares an append nobody waits for the lock
};

/// Watches partitions for one request, and stops when the request ends.
class PartitionWatch {
public:
    explicit PartitionWatch(std::shared_ptr<Waiter> waiter) : waiter_(std::move(waiter)) {}
    ~PartitionWatch();
    PartitionWatch(const PartitionWatch&) = delete;
    PartitionWatch& operator=(const PartitionWatch&) = delete;

    void add(const std::shared_ptr<Partition>& partition);
    [[nodiscard]] Waiter& waiter() { return *waiter_; }

private:
    std::shared_ptr<Waiter> waiter_;
    std::vector<std::shared_ptr<Partition>> partitions_;
};

}  // namespace barnabas
