#include "coordinator/group_partition.h"

#include "common/events.h"
#include "coordinator/replay_batch.h"

namespace barnabas {

GroupPartition::Options GroupPartition::Options::of(const Config& config) {
    Options options;
    options.group = GroupOptions::of(config);
    options.commit_timeout = config.offsets_commit_timeout_ms;
    options.load_buffer = static_cast<std::size_t>(config.offsets_load_buffer_size);
    options.compression = static_cast<Compression>(config.offsets_topic_compression_codec);
    return options;
}

GroupPartition::GroupPartition(
    TopicPartition name, LeaderEpoch epoch, std::shared_ptr<PartitionLog> log, Options options, Services services
)
    : name_(std::move(name)),
      epoch_(epoch.value),
      log_(std::move(log)),
      options_(options),
      clock_(services.clock),
      loop_(services.loop),
      background_(services.background),
      waiter_(Waiter::on(services.loop)),
      shard_(options.group, Random::from_device().next()) {}

void GroupPartition::start() {
    loop_.spawn("group partition", run(shared_from_this()));
}

void GroupPartition::close() {
    const std::lock_guard lock(mutex_);
    close_locked();
}

void GroupPartition::close_locked() {
    state_ = State::closed;
    for (auto& [ticket, waiting] : waiting_) {
        waiting->reply = fail(ErrorCode::not_coordinator, name_.text() + " has another leader now");
        waiting->waiter->notify();
    }
    waiting_.clear();
    uncommitted_.clear();
    if (std::exchange(watching_, false)) {
        log_->unwatch(*waiter_);
    }
    waiter_->notify();
}

Expected<void> GroupPartition::check_active() const {
    switch (state_) {
        case State::loading:
            return fail(ErrorCode::coordinator_load_in_progress, name_.text() + " is being loaded");
        case State::closed:
            return fail(ErrorCode::not_coordinator, name_.text() + " is not led by this broker");
        case State::active:
            return {};
    }
    return {};
}

Task<Expected<GroupReply>> GroupPartition::ask(EventLoop& loop, const Decide& decide) {
    auto waiting = std::make_shared<Waiting>(Waiter::on(loop), std::nullopt);
    const std::lock_guard lock(mutex_);
    const Ticket ticket{++last_ticket_};
    if (const auto active = check_active(); !active) {
        waiting->reply = std::unexpected(active.error());
        waiting->waiter->notify();
    } else {
        waiting_.emplace(ticket, waiting);
        const Moment at = now();
        perform(at, decide(shard_, at, ticket));
    }
    return wait(shared_from_this(), ticket, std::move(waiting));
}

Task<Expected<GroupReply>> GroupPartition::wait(
    std::shared_ptr<GroupPartition> self, Ticket ticket, std::shared_ptr<Waiting> waiting
) {
    if (!waiting->waiter->notified()) {
        co_await waiting->waiter->wait(Instant::max());
    }
    const std::lock_guard lock(self->mutex_);
    self->waiting_.erase(ticket);
    if (!waiting->reply) {
        co_return fail(ErrorCode::request_timed_out, "the client has hung up");
    }
    co_return *std::move(waiting->reply);
}

Expected<void> GroupPartition::look(const std::function<void(GroupShard&, Moment)>& look) {
    const std::lock_guard lock(mutex_);
    if (auto active = check_active(); !active) {
        return active;
    }
    look(shard_, now());
    return {};
}

void GroupPartition::topics_deleted(std::vector<std::string> topics) {
    const std::lock_guard lock(mutex_);
    if (state_ == State::active) {
        const Moment at = now();
        perform(at, shard_.topics_deleted(at, topics));
    } else if (state_ == State::loading) {
        deleted_topics_.insert(deleted_topics_.end(), topics.begin(), topics.end());
    }
}

void GroupPartition::perform(Moment now, Effects effects) {
    for (auto& write : effects.writes) {
        if (const auto end = this->write(now, std::move(write.records))) {
            uncommitted_.push_back({write.id, *end, now.instant + options_.commit_timeout});
        } else {
            event::warn("groups could not be written", {{"partition", name_.text()}, {"why", end.error().detail}});
            perform(now, shard_.failed(now, write.id, end.error().code));
        }
    }
    for (auto& one : effects.answers) {
        answer(std::move(one));
    }
    commit_up_to_high_watermark(now);
    watch_while_uncommitted(now);
    if (next_wake() < wakes_at_) {
        wakes_at_ = next_wake();
        waiter_->notify();
    }
}

Expected<Offset> GroupPartition::write(Moment now, std::vector<GroupRecord> records) {
    RecordBatchBuilder::Options options;
    options.compression = options_.compression;
    RecordBatchBuilder builder(options);
    for (const GroupRecord& record : records) {
        const Record encoded = encode(record);
        builder.append(
            now.timestamp, *encoded.key, encoded.value ? std::optional<BytesView>(*encoded.value) : std::nullopt
        );
    }
    Bytes batch = builder.finish();
    const auto written = log_->append(batch, epoch());
    if (!written) {
        return std::unexpected(written.error());
    }
    Offset offset = written->first;
    for (GroupRecord& record : records) {
        shard_.replay(offset, no_producer, std::move(record));
        offset = offset + 1;
    }
    return written->end;
}

void GroupPartition::answer(Effects::Answer answer) {
    auto node = waiting_.extract(answer.ticket);
    if (!node.empty()) {
        node.mapped()->reply = std::move(answer.reply);
        node.mapped()->waiter->notify();
    }
}

void GroupPartition::commit_up_to_high_watermark(Moment now) {
    while (!uncommitted_.empty() && uncommitted_.front().end <= log_->high_watermark()) {
        const WriteId write = uncommitted_.front().write;
        uncommitted_.pop_front();
        perform(now, shard_.committed(now, write));
    }
}

void GroupPartition::fail_overdue(Moment now) {
    // What is overdue stays: it may be committed yet, only nobody waits for it any more.
    std::vector<WriteId> overdue;
    for (Uncommitted& write : uncommitted_) {
        if (write.deadline == Instant::max()) {
            continue;
        }
        if (write.deadline > now.instant) {
            break;
        }
        write.deadline = Instant::max();
        overdue.push_back(write.write);
    }
    for (const WriteId write : overdue) {
        perform(now, shard_.failed(now, write, ErrorCode::request_timed_out));
    }
}

void GroupPartition::watch_while_uncommitted(Moment now) {
    if (!uncommitted_.empty() && !watching_) {
        watching_ = true;
        log_->watch(waiter_);
        commit_up_to_high_watermark(now);  // it may have passed before anybody watched
    } else if (uncommitted_.empty() && watching_) {
        watching_ = false;
        log_->unwatch(*waiter_);
    }
}

Instant GroupPartition::next_wake() const {
    const auto first =
        std::ranges::find_if(uncommitted_, [](const Uncommitted& write) { return write.deadline != Instant::max(); });
    return std::min(shard_.next_deadline(), first == uncommitted_.end() ? Instant::max() : first->deadline);
}

Task<> GroupPartition::run(std::shared_ptr<GroupPartition> self) {
    if (!co_await self->load()) {
        co_return;
    }
    while (true) {
        Instant until;
        {
            const std::lock_guard lock(self->mutex_);
            if (self->state_ == State::closed) {
                co_return;
            }
            const Moment at = self->now();
            self->wakes_at_ = Instant::min();  // no need to be notified of what is done here
            self->perform(at, self->shard_.expire(at));
            self->fail_overdue(at);
            until = self->wakes_at_ = self->next_wake();
        }
        co_await self->waiter_->wait(until);
    }
}

Task<bool> GroupPartition::load() {
    const Instant begin = clock_.now();
    for (Offset offset = log_->log_start();;) {
        const auto next = co_await background_.run([this, offset] { return load_from(offset); });
        const std::lock_guard lock(mutex_);
        if (state_ == State::closed) {
            co_return false;
        }
        if (!next) {
            event::error(
                "groups cannot be loaded: their clients are refused until the partition is led anew",
                {{"partition", name_.text()}, {"why", next.error().detail}}
            );
            close_locked();
            co_return false;
        }
        if (*next == offset) {
            break;
        }
        offset = *next;
    }
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) {
        co_return false;
    }
    state_ = State::active;
    const Moment at = now();
    perform(at, shard_.loaded(at));
    if (!deleted_topics_.empty()) {
        perform(at, shard_.topics_deleted(at, std::exchange(deleted_topics_, {})));
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begin);
    event::debug(
        "groups loaded", {{"partition", name_.text()},
                          {"groups", static_cast<std::int64_t>(shard_.groups().by_id().size())},
                          {"ms", took.count()}}
    );
    co_return true;
}

Expected<Offset> GroupPartition::load_from(Offset offset) {
    const auto bytes = log_->read(offset, options_.load_buffer);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    Offset next = offset;
    for (BytesView rest(*bytes); !rest.empty();) {
        const auto batch = RecordBatchView::parse(rest);
        if (!batch) {
            return std::unexpected(batch.error());
        }
        if (const auto replayed = replay_batch(shard_, *batch, offset); !replayed) {
            return std::unexpected(replayed.error());
        }
        next = std::max(next, batch->next_offset());
        rest = rest.subspan(batch->size());
    }
    return next;
}

}  // namespace barnabas
