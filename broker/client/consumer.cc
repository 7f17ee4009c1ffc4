#include "client/consumer.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "client/consumer_state.h"

namespace barnabas {

Consumer::Consumer(const Executor& executor, ClusterClient& cluster, Options options)
    : state_(std::make_shared<State>(executor, cluster, std::move(options))) {}

Consumer::~Consumer() {
    state_->closed = true;
}

void Consumer::assign(const std::vector<TopicPartition>& partitions) {
    state_->take_assignment(partitions);
}

void Consumer::subscribe(std::vector<std::string> topics) {
    state_->topics = std::move(topics);
}

void Consumer::subscribe_matching(std::function<bool(std::string_view topic)> wanted) {
    state_->matching = std::move(wanted);
}

void Consumer::seek(const TopicPartition& partition, std::int64_t offset) {
    auto& position = state_->positions[partition];
    position.next.reset();
    position.special.reset();
    if (offset < 0) {
        position.special = offset;
    } else {
        position.next = Offset{offset};
    }
}

std::vector<TopicPartition> Consumer::assignment() const {
    std::vector<TopicPartition> partitions;
    for (const auto& [partition, position] : state_->positions) {
        partitions.push_back(partition);
    }
    return partitions;
}

Task<Expected<FetchedRecords>> Consumer::poll(Instant deadline) {
    const auto state = state_;
    while (true) {
        const Instant now = system_clock().now();
        Expected<void> done = co_await state->keep_membership(now);
        if (done && now >= state->next_commit) {
            done = co_await state->commit();
        }
        if (done) {
            done = co_await state->keep_metadata(now);
        }
        if (done) {
            done = co_await state->find_positions();
        }
        if (state->failure) {
            done = std::unexpected(*std::exchange(state->failure, std::nullopt));
        }
        if (!done && !retriable(done.error().code)) {
            co_return std::unexpected(std::move(done).error());
        }
        auto given = state->give_out();
        if (!given) {
            co_return std::unexpected(std::move(given).error());
        }
        if (*given) {
            co_return **std::move(given);
        }
        if (system_clock().now() >= deadline) {
            co_return FetchedRecords{};
        }
        state->start_fetches();
        // After a failure that may pass, not at once again.
        const Instant pause = done ? Instant::max() : system_clock().now() + state->cluster.options().retry_backoff;
        co_await state->changed.wait(std::min({deadline, state->next_duty(), pause}));
    }
}

Task<Expected<void>> Consumer::commit() {
    const auto state = state_;
    co_return co_await state->commit();
}

Task<> Consumer::close() {
    const auto state = state_;
    if (state->options.group && state->options.auto_commit) {
        // A commit that fails here is one that a crash would have lost as well.
        (void)co_await state->commit();
    }
    if (state->membership) {
        co_await state->membership->leave();
    }
    state->closed = true;
}

Instant Consumer::State::next_duty() const {
    Instant next = std::min(next_commit, std::max(next_refresh, fetch_not_before));
    if (subscribed() && joined) {
        next = std::min(next, next_heartbeat);
    }
    if (fetch_not_before > system_clock().now()) {
        next = std::min(next, fetch_not_before);
    }
    return next;
}

Task<Expected<void>> Consumer::State::commit() {
    next_commit =
        options.group && options.auto_commit ? system_clock().now() + options.auto_commit_interval : Instant::max();
    std::map<TopicPartition, FetchedOffset> offsets;
    for (const auto& [partition, position] : positions) {
        const auto before = committed.find(partition);
        if (position.next && (before == committed.end() || before->second != *position.next)) {
            offsets[partition] = {*position.next, position.epoch, ""};
        }
    }
    if (offsets.empty() || !membership) {
        co_return Expected<void>();
    }
    auto outcomes = co_await commit_offsets(
        cluster, {options.group->group, membership->member_id(), membership->generation(), options.group->instance_id},
        offsets
    );
    if (!outcomes) {
        co_return std::unexpected(std::move(outcomes).error());
    }
    for (const auto& [partition, code] : *outcomes) {
        if (code == ErrorCode::none) {
            committed.insert_or_assign(partition, offsets[partition].offset);
        } else if (code == ErrorCode::rebalance_in_progress || code == ErrorCode::illegal_generation ||
                   code == ErrorCode::unknown_member_id) {
            joined = false;
        } else {
            co_return fail(code, fmt::format("cannot commit {}: {}", partition.text(), text(code)));
        }
    }
    co_return Expected<void>();
}

}  // namespace barnabas
