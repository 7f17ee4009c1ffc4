#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "client/consumer_state.h"

namespace barnabas {

namespace {

constexpr std::int64_t latest = -1, earliest = -2;

bool may_have_moved(ErrorCode code) {
    return retriable(code) || code == ErrorCode::unknown_topic_id;
}

}  // namespace

Task<Expected<void>> Consumer::State::keep_metadata(Instant now) {
    if (!stale_metadata && now < next_refresh) {
        co_return Expected<void>();
    }
    next_refresh = now + (stale_metadata ? std::chrono::milliseconds(1000) : options.metadata_max_age);
    Expected<void> refreshed;
    if (subscribed()) {
        refreshed = co_await find_topics();
        if (refreshed && joined && subscribed_counts() != joined_counts) {
            joined = false;
        }
    } else {
        std::vector<std::string> names;
        for (const auto& [partition, position] : positions) {
            if (names.empty() || names.back() != partition.topic) {
                names.push_back(partition.topic);
            }
        }
        refreshed = co_await cluster.refresh(std::move(names), options.create_topics);
    }
    if (!refreshed) {
        co_return refreshed;
    }
    stale_metadata = false;
    for (const auto& [partition, position] : positions) {
        stale_metadata = stale_metadata || !cluster.metadata().leader(partition);
    }
    for (const std::string& topic : topics) {
        const auto* known = cluster.metadata().topic(topic);
        stale_metadata = stale_metadata || known == nullptr || retriable(known->error);
    }
    next_refresh = now + (stale_metadata ? cluster.options().retry_backoff : options.metadata_max_age);
    co_return Expected<void>();
}

Task<Expected<void>> Consumer::State::find_positions() {
    std::vector<TopicPartition> unknown;
    for (const auto& [partition, position] : positions) {
        if (!position.next && !position.special) {
            unknown.push_back(partition);
        }
    }
    if (!unknown.empty() && options.group) {
        const auto found = co_await fetch_committed(cluster, options.group->group, unknown);
        if (!found) {
            co_return std::unexpected(found.error());
        }
        for (const auto& [partition, offset] : *found) {
            if (const auto position = positions.find(partition); position != positions.end()) {
                position->second.next = offset.offset;
                committed.insert_or_assign(partition, offset.offset);
            }
        }
    }
    for (const TopicPartition& partition : unknown) {
        const auto position = positions.find(partition);
        if (position == positions.end() || position->second.next) {
            continue;
        }
        if (options.reset == Reset::none) {
            co_return fail(
                ErrorCode::offset_out_of_range,
                fmt::format("{} has no committed offset, and auto.offset.reset is none", partition.text())
            );
        }
        position->second.special = options.reset == Reset::earliest ? earliest : latest;
    }
    co_return co_await reset_positions();
}

Task<Expected<void>> Consumer::State::reset_positions() {
    OffsetQueries queries;
    for (const auto& [partition, position] : positions) {
        // Without a leader there is nobody to ask; the metadata is asked for again soon.
        if (position.special && cluster.metadata().leader(partition)) {
            queries[partition] = *position.special;
        }
    }
    if (queries.empty()) {
        co_return Expected<void>();
    }
    const auto answers = co_await list_offsets(cluster, std::move(queries), options.read_committed);
    if (!answers) {
        co_return std::unexpected(answers.error());
    }
    for (const auto& [partition, answer] : *answers) {
        if (answer.error_code != ErrorCode::none) {
            co_return fail(answer.error_code, partition.text() + ": " + std::string(text(answer.error_code)));
        }
        if (const auto position = positions.find(partition); position != positions.end()) {
            position->second.next = Offset{answer.offset};
            position->second.special.reset();
        }
    }
    co_return Expected<void>();
}

void Consumer::State::start_fetches() {
    if (closed || system_clock().now() < fetch_not_before) {
        return;
    }
    std::map<NodeId, std::vector<TopicPartition>> idle;
    for (const auto& [partition, position] : positions) {
        if (!position.next || position.fetching) {
            continue;
        }
        if (const auto leader = cluster.metadata().leader(partition)) {
            if (!fetching.contains(*leader)) {
                idle[*leader].push_back(partition);
            }
        } else {
            stale_metadata = true;
        }
    }
    for (auto& [leader, partitions] : idle) {
        fetching.insert(leader);
        for (const TopicPartition& partition : partitions) {
            positions[partition].fetching = true;
        }
        boost::asio::co_spawn(
            executor, fetch(shared_from_this(), leader, std::move(partitions)), boost::asio::detached
        );
    }
}

FetchRequest Consumer::State::make_fetch(const std::vector<TopicPartition>& partitions) const {
    FetchRequest request;
    request.max_wait_ms = static_cast<std::int32_t>(options.fetch_max_wait.count());
    request.min_bytes = options.fetch_min_bytes;
    request.max_bytes = options.fetch_max_bytes;
    request.isolation_level = options.read_committed ? 1 : 0;
    for (const TopicPartition& partition : partitions) {
        if (request.topics.empty() || request.topics.back().topic != partition.topic) {
            auto& topic = request.topics.emplace_back();
            topic.topic = partition.topic;
            topic.topic_id = cluster.metadata().topic(partition.topic)->id;
        }
        auto& row = request.topics.back().partitions.emplace_back();
        row.partition = partition.partition.value;
        row.fetch_offset = positions.at(partition).next->value;
        row.partition_max_bytes = options.max_partition_fetch_bytes;
    }
    return request;
}

Task<> Consumer::State::fetch(std::shared_ptr<State> self, NodeId leader, std::vector<TopicPartition> partitions) {
    const FetchRequest request = self->make_fetch(partitions);
    std::map<TopicPartition, Offset> asked;
    for (const TopicPartition& partition : partitions) {
        asked[partition] = *self->positions[partition].next;
    }
    auto node = co_await self->cluster.node(leader);
    CallOptions call;
    call.extra_time = self->options.fetch_max_wait;
    auto reply = node ? co_await (*node)->call<FetchResponse>(request, call) : std::unexpected(node.error());
    self->fetching.erase(leader);
    for (const TopicPartition& partition : partitions) {
        if (const auto position = self->positions.find(partition); position != self->positions.end()) {
            position->second.fetching = false;
        }
    }
    if (reply && (*reply)->error_code == ErrorCode::none) {
        self->take(std::make_shared<const Reply<FetchResponse>>(*std::move(reply)), asked);
    } else {
        const Error error =
            reply ? Error{(*reply)->error_code, std::string(text((*reply)->error_code))} : reply.error();
        if (may_have_moved(error.code)) {
            for (const TopicPartition& partition : partitions) {
                self->cluster.metadata().forget_leader(partition);
            }
            self->stale_metadata = true;
            self->fetch_not_before = system_clock().now() + self->cluster.options().retry_backoff;
        } else {
            self->failure = error;
        }
    }
    self->changed.notify();
}

void Consumer::State::take(
    std::shared_ptr<const Reply<FetchResponse>> reply, const std::map<TopicPartition, Offset>& asked
) {
    for (const auto& topic : (*reply)->responses) {
        for (const auto& data : topic.partitions) {
            // From version 13 on topics have their ids alone.
            const auto which = std::ranges::find_if(asked, [&](const auto& each) {
                const auto* known = cluster.metadata().topic(each.first.topic);
                const bool same = topic.topic.empty() ? known != nullptr && known->id == topic.topic_id
                                                      : each.first.topic == topic.topic;
                return same && each.first.partition.value == data.partition_index;
            });
            if (which == asked.end()) {
                continue;
            }
            const auto position = positions.find(which->first);
            // It was taken away, or somebody sought elsewhere, while the fetch was under way.
            if (position == positions.end() || position->second.next != which->second) {
                continue;
            }
            if (data.error_code != ErrorCode::none) {
                take_error(which->first, data);
            } else if (data.records && data.records->size() > 0) {
                position->second.fetching = true;
                parts.push_back({which->first, reply, &data, which->second});
            }
        }
    }
}

void Consumer::State::take_error(const TopicPartition& partition, const FetchResponse::PartitionData& data) {
    const ErrorCode code = data.error_code;
    if (code == ErrorCode::offset_out_of_range && options.reset != Reset::none) {
        auto& position = positions[partition];
        position.next.reset();
        position.special = options.reset == Reset::earliest ? earliest : latest;
    } else if (may_have_moved(code)) {
        cluster.metadata().forget_leader(partition);
        stale_metadata = true;
        fetch_not_before = system_clock().now() + cluster.options().retry_backoff;
    } else {
        failure = Error{code, fmt::format("cannot read {}: {}", partition.text(), text(code))};
    }
}

Expected<std::optional<FetchedRecords>> Consumer::State::give_out() {
    while (!parts.empty()) {
        const Part part = std::move(parts.front());
        parts.pop_front();
        const auto position = positions.find(part.partition);
        if (position == positions.end()) {
            continue;
        }
        position->second.fetching = false;
        if (position->second.next != part.from) {
            continue;
        }
        const auto& aborted = part.data->aborted_transactions;
        auto records = read_fetched(
            part.partition, part.reply, part.data->records->bytes(), part.from,
            options.read_committed && aborted ? &*aborted : nullptr
        );
        if (!records) {
            return std::unexpected(std::move(records).error());
        }
        position->second.next = records->next;
        if (!records->records.empty()) {
            position->second.epoch = records->records.back().leader_epoch;
            return std::optional(*std::move(records));
        }
    }
    return std::nullopt;
}

}  // namespace barnabas
