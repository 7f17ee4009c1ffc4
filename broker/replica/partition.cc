#include "replica/partition.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

Partition::Partition(
    TopicPartition name, TopicId topic, NodeId self, std::shared_ptr<HostedLog> hosted, const Listener& listener
)
    : name_(std::move(name)), topic_(topic), self_(self), hosted_(std::move(hosted)), listener_(&listener) {}

Partition::Partition(TopicPartition name, TopicId topic, NodeId self, std::string why)
    : name_(std::move(name)), topic_(topic), self_(self), why_offline_(std::move(why)) {}

Error Partition::told(Error error) const {
    if (error.code == ErrorCode::kafka_storage_error && listener_->storage_failed) {
        listener_->storage_failed(*hosted_, error);
    }
    return error;
}

Expected<void> Partition::apply(const PartitionRegistration& state, IsrState::Options options, Instant now) {
    if (!hosted_) {
        leader_epoch_.store(state.leader_epoch.value, std::memory_order_release);
        return {};
    }
    {
        const std::scoped_lock lock(hosted_->mutex);
        const bool new_epoch = state.leader_epoch > leader_epoch();
        if (state.leader == self_) {
            if (new_epoch || !isr_) {
                hosted_->log->begin_leader_epoch(state.leader_epoch);
                isr_.emplace(options, self_, state.replicas, state.isr, hosted_->log->log_end(), now);
            } else {
                isr_->confirmed(state.isr);
            }
            raise_high_watermark();
        } else {
            isr_.reset();
        }
        leader_epoch_.store(state.leader_epoch.value, std::memory_order_release);
        leads_.store(state.leader == self_, std::memory_order_release);
    }
    notify_watchers();
    return {};
}

void Partition::leave() {
    leads_.store(false, std::memory_order_release);
    if (hosted_) {
        const std::scoped_lock lock(hosted_->mutex);
        isr_.reset();
    }
    notify_watchers();
}

Expected<Log*> Partition::leader_log(LeaderEpoch request_epoch) const {
    if (!hosted_) {
        return fail(ErrorCode::kafka_storage_error, why_offline_);
    }
    if (request_epoch != no_leader_epoch) {
        const LeaderEpoch known = leader_epoch();
        if (request_epoch < known) {
            return fail(
                ErrorCode::fenced_leader_epoch,
                fmt::format("{} is in leader epoch {}, not {}", name_.text(), known.value, request_epoch.value)
            );
        }
        if (request_epoch > known) {
            return fail(
                ErrorCode::unknown_leader_epoch,
                fmt::format("{} is in leader epoch {} here, not yet {}", name_.text(), known.value, request_epoch.value)
            );
        }
    }
    if (!leads()) {
        return fail(
            ErrorCode::not_leader_or_follower, fmt::format("broker {} does not lead {}", self_.value, name_.text())
        );
    }
    if (hosted_->dir->offline()) {
        return fail(ErrorCode::kafka_storage_error, hosted_->dir->why_offline());
    }
    return hosted_->log.get();
}

std::expected<Partition::AppendResult, AppendFailure> Partition::append(
    MutableBytes batches, AppendRequest request, const Clock& clock
) {
    const auto usable = leader_log(request.epoch);
    if (!usable) {
        return std::unexpected(AppendFailure{usable.error(), {}});
    }
    auto valid = (*usable)->validate(batches, request.origin, clock.timestamp());
    std::expected<AppendResult, AppendFailure> result;
    {
        const std::scoped_lock lock(hosted_->mutex);
        result = append_locked(**usable, std::move(valid), request, clock);
    }
    if (!result) {
        result.error().error = told(std::move(result.error().error));
    } else if (!result->appended.duplicate) {
        notify_watchers();
        if (result->appended.rolled && listener_->rolled) {
            listener_->rolled(hosted_);
        }
        if (result->appended.much && listener_->much_appended) {
            listener_->much_appended(hosted_);
        }
    }
    return result;
}

std::expected<Partition::AppendResult, AppendFailure> Partition::append_locked(
    Log& log, std::expected<ValidatedBatches, AppendFailure> valid, AppendRequest request, const Clock& clock
) {
    if (!isr_) {  // lost between the check and the lock
        return std::unexpected(AppendFailure{leader_log().error(), {}});
    }
    if (request.needs_min_isr) {
        if (auto enough = check_min_isr(); !enough) {
            return std::unexpected(AppendFailure{enough.error(), {}});
        }
    }
    const Timestamp now = clock.timestamp();
    auto appended = log.append(std::move(valid), leader_epoch(), now);
    if (!appended) {
        return std::unexpected(std::move(appended).error());
    }
    if (appended->duplicate) {
        return AppendResult{*appended};
    }
    isr_->appended(log.log_end(), clock.now());
    raise_high_watermark();
    return AppendResult{*appended, log.flush_due(now)};
}

Expected<void> Partition::flush(Timestamp now) {
    const std::scoped_lock lock(hosted_->flush_mutex);
    auto flushed = hosted_->log->flush(hosted_->log->log_end(), now);
    if (!flushed) {
        return std::unexpected(told(flushed.error()));
    }
    return flushed;
}

Expected<void> Partition::check_min_isr() const {
    const auto wanted = static_cast<std::size_t>(hosted_->log->config().min_insync_replicas);
    const std::size_t least = std::min(wanted, isr_->replica_count());
    if (isr_->in_sync().size() >= least) {
        return {};
    }
    return fail(
        ErrorCode::not_enough_replicas,
        fmt::format(
            "{} has {} in-sync replicas, min.insync.replicas asks for {}", name_.text(), isr_->in_sync().size(), least
        )
    );
}

void Partition::raise_high_watermark() {
    const Offset committed = isr_->high_watermark();
    if (committed > hosted_->log->high_watermark()) {
        hosted_->log->set_high_watermark(committed);
    }
}

Expected<PartitionRead> Partition::read(
    Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, LeaderEpoch request_epoch, ReadFrom from
) const {
    const auto usable = leader_log(request_epoch);
    if (!usable) {
        return std::unexpected(usable.error());
    }
    const Log& log = **usable;
    // Read before the slice: a watermark that is older than the records is true, a newer one might promise too much.
    PartitionRead read{log.high_watermark(), log.last_stable_offset(), log.log_start(), {}};
    auto slice = log.read(offset, most, bound, at_least_one, from);
    if (!slice) {
        return std::unexpected(told(slice.error()));
    }
    read.slice = *std::move(slice);
    return read;
}

Expected<Offset> Partition::delete_records(Offset offset) {
    const auto usable = leader_log();
    if (!usable) {
        return std::unexpected(usable.error());
    }
    Log& log = **usable;
    const std::scoped_lock lock(hosted_->mutex);
    const CleanupPolicy policy = log.config().cleanup_policy;
    if (policy.compacts && !policy.deletes) {
        return fail(
            ErrorCode::policy_violation,
            fmt::format("{} is compacted: its cleanup.policy does not let records be deleted", name_.text())
        );
    }
    const Offset target = offset == no_offset ? log.high_watermark() : offset;
    if (target < Offset{0}) {
        return fail(ErrorCode::offset_out_of_range, fmt::format("offset {} is below zero", target.value));
    }
    if (auto moved = log.move_log_start(target); !moved) {
        return std::unexpected(moved.error());
    }
    return log.log_start();
}

void Partition::watch(std::shared_ptr<Waiter> waiter) {
    const std::scoped_lock lock(watch_mutex_);
    watchers_.push_back(std::move(waiter));
    watcher_count_.store(watchers_.size());
}

void Partition::unwatch(const Waiter& waiter) {
    const std::scoped_lock lock(watch_mutex_);
    std::erase_if(watchers_, [&](const auto& each) { return each.get() == &waiter; });
    watcher_count_.store(watchers_.size());
}

void Partition::notify_watchers() {
    // The order is: the watcher registers, then looks at the offsets; we move the offsets, then look for watchers.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (watcher_count_.load() == 0) {
        return;
    }
    const std::scoped_lock lock(watch_mutex_);
    for (const auto& waiter : watchers_) {
        waiter->notify();
    }
}

std::size_t Partition::in_sync_count() const {
    if (!hosted_) {
        return 0;
    }
    const std::scoped_lock lock(hosted_->mutex);
    return isr_ ? isr_->in_sync().size() : 0;
}

PartitionWatch::~PartitionWatch() {
    for (const auto& partition : partitions_) {
        partition->unwatch(*waiter_);
    }
}

void PartitionWatch::add(const std::shared_ptr<Partition>& partition) {
    partition->watch(waiter_);
    partitions_.push_back(partition);
}

}  // namespace barnabas
