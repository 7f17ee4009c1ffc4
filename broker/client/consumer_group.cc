#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "client/consumer_state.h"

namespace barnabas {

PartitionCounts Consumer::State::subscribed_counts() const {
    PartitionCounts counts;
    for (const std::string& topic : topics) {
        if (const auto* known = cluster.metadata().topic(topic)) {
            counts[topic] = static_cast<std::int32_t>(known->partitions.size());
        }
    }
    return counts;
}

Task<Expected<void>> Consumer::State::find_topics() {
    if (!matching) {
        co_return co_await cluster.refresh(topics, options.create_topics);
    }
    if (auto refreshed = co_await cluster.refresh(std::nullopt); !refreshed) {
        co_return refreshed;
    }
    topics.clear();
    for (const auto& [name, topic] : cluster.metadata().topics()) {
        if (!topic.internal && topic.error == ErrorCode::none && matching(name)) {
            topics.push_back(name);
        }
    }
    co_return Expected<void>();
}

Task<Expected<void>> Consumer::State::keep_membership(Instant now) {
    if (!subscribed() || !membership || joining) {
        co_return Expected<void>();
    }
    if (joined && now >= next_heartbeat) {
        next_heartbeat = now + options.group->heartbeat_interval;
        auto stays = co_await membership->heartbeat();
        if (!stays) {
            co_return std::unexpected(std::move(stays).error());
        }
        joined = *stays;
    }
    if (!joined) {
        joining = true;
        boost::asio::co_spawn(executor, rejoin(shared_from_this()), boost::asio::detached);
    }
    co_return Expected<void>();
}

Task<> Consumer::State::rejoin(std::shared_ptr<State> self) {
    // Partitions are given back before others may get them (the eager protocol): what was read is committed first.
    if (self->options.auto_commit && !self->positions.empty()) {
        (void)co_await self->commit();
    }
    self->take_assignment({});
    Expected<void> found = co_await self->find_topics();
    if (found) {
        auto partitions = co_await self->membership->join(self->topics);
        if (partitions) {
            self->joined_counts = self->subscribed_counts();
            self->take_assignment(*partitions);
            self->joined = true;
            self->next_heartbeat = system_clock().now() + self->options.group->heartbeat_interval;
            self->next_commit =
                self->options.auto_commit ? system_clock().now() + self->options.auto_commit_interval : Instant::max();
        } else {
            found = std::unexpected(std::move(partitions).error());
        }
    }
    if (!found) {
        self->failure = std::move(found).error();
    }
    self->joining = false;
    self->changed.notify();
}

void Consumer::State::take_assignment(const std::vector<TopicPartition>& partitions) {
    positions.clear();
    committed.clear();
    parts.clear();
    for (const TopicPartition& partition : partitions) {
        positions[partition];
    }
    stale_metadata = true;
}

}  // namespace barnabas
