#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "client/producer_state.h"

namespace barnabas {

namespace {

/// Whether the producer id has lost its standing at the broker.
bool loses_identity(ErrorCode code) {
    return code == ErrorCode::out_of_order_sequence_number || code == ErrorCode::unknown_producer_id ||
           code == ErrorCode::invalid_producer_epoch;
}

bool is_stale_leader(ErrorCode code) {
    return code == ErrorCode::not_leader_or_follower || code == ErrorCode::unknown_topic_or_partition ||
           code == ErrorCode::unknown_topic_id || code == ErrorCode::leader_not_available ||
           code == ErrorCode::fenced_leader_epoch || code == ErrorCode::network_exception ||
           code == ErrorCode::request_timed_out;
}

const ProduceResponse::PartitionProduceResponse* find_answer(
    const ProduceResponse& response, const TopicPartition& partition, const TopicId& id
) {
    for (const auto& topic : response.responses) {
        const bool same = topic.name.empty() ? topic.topic_id == id : topic.name == partition.topic;
        for (const auto& row : topic.partition_responses) {
            if (same && row.index == partition.partition.value) {
                return &row;
            }
        }
    }
    return nullptr;
}

}  // namespace

Instant Producer::State::ready_at(const Queue& queue) const {
    const Batch& first = *queue.batches.front();
    const bool due =
        flushing > 0 || queue.batches.size() > 1 || !first.bytes.empty() || first.builder.size() >= options.batch_size;
    return std::max(first.not_before, due ? Instant::min() : first.created + options.linger);
}

void Producer::State::pump() {
    if (closed) {
        return;
    }
    const Instant now = system_clock().now();
    expire(now);
    Instant next = Instant::max();
    std::map<NodeId, Batches> ready;
    std::vector<std::string> leaderless;
    for (auto& [partition, queue] : queues) {
        if (queue.in_flight || queue.batches.empty()) {
            continue;
        }
        if (const Instant at = ready_at(queue); at > now) {
            next = std::min(next, at);
            continue;
        }
        const auto leader = cluster.metadata().leader(partition);
        if (!leader) {
            leaderless.push_back(partition.topic);
        } else if (!busy.contains(*leader)) {
            Batch& first = *queue.batches.front();
            if (first.bytes.empty()) {
                first.bytes = first.builder.finish();
            }
            queue.in_flight = true;
            ready[*leader].push_back(std::move(queue.batches.front()));
            queue.batches.pop_front();
        }
    }
    for (auto& [leader, batches] : ready) {
        busy.insert(leader);
        boost::asio::co_spawn(executor, deliver(shared_from_this(), leader, std::move(batches)), boost::asio::detached);
    }
    if (!leaderless.empty() && !finding_leaders) {
        finding_leaders = true;
        boost::asio::co_spawn(executor, find_leaders(shared_from_this(), leaderless), boost::asio::detached);
    }
    if (next != Instant::max()) {
        timer.expires_at(next);
        timer.async_wait([self = weak_from_this()](const boost::system::error_code& ended) {
            if (const auto state = self.lock(); state && !ended) {
                state->pump();
            }
        });
    }
}

void Producer::State::expire(Instant now) {
    for (auto& [partition, queue] : queues) {
        while (!queue.in_flight && !queue.batches.empty() &&
               queue.batches.front()->created + options.delivery_timeout <= now) {
            auto batch = std::move(queue.batches.front());
            queue.batches.pop_front();
            const auto why = fmt::format(
                "{} records for {} were not delivered within {} ms", batch->delivered.size(), partition.text(),
                options.delivery_timeout.count()
            );
            settle(std::move(batch), fail(ErrorCode::request_timed_out, why));
        }
    }
}

Task<> Producer::State::deliver(std::shared_ptr<State> self, NodeId leader, Batches batches) {
    ProduceRequest request;
    request.transactional_id.reset();
    request.acks = self->options.acks;
    request.timeout_ms = static_cast<std::int32_t>(self->options.request_timeout.count());
    for (const auto& batch : batches) {
        auto& topic = request.topic_data.emplace_back();
        topic.name = batch->partition.topic;
        if (const auto* known = self->cluster.metadata().topic(batch->partition.topic)) {
            topic.topic_id = known->id;
        }
        topic.partition_data.push_back({batch->partition.partition.value, BytesView(batch->bytes), {}});
        ++batch->attempts;
    }
    Expected<void> sent;
    std::optional<Reply<ProduceResponse>> reply;
    if (auto node = co_await self->cluster.node(leader); !node) {
        sent = std::unexpected(std::move(node).error());
    } else if (self->options.acks == 0) {
        sent = co_await (*node)->send(request);
    } else if (auto answer = co_await (*node)->call<ProduceResponse>(request); answer) {
        reply = *std::move(answer);
    } else {
        sent = std::unexpected(std::move(answer).error());
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
        Expected<Offset> outcome = no_offset;
        if (!sent) {
            outcome = std::unexpected(sent.error());
        } else if (reply) {
            const auto* row = find_answer(**reply, batches[i]->partition, request.topic_data[i].topic_id);
            if (row == nullptr) {
                outcome = fail(ErrorCode::unknown_server_error, "the broker's answer leaves the partition out");
            } else if (row->error_code == ErrorCode::none || row->error_code == ErrorCode::duplicate_sequence_number) {
                outcome = Offset{row->base_offset};
            } else {
                outcome = fail(row->error_code, row->error_message.value_or(std::string(text(row->error_code))));
            }
        }
        self->settle(std::move(batches[i]), outcome);
    }
    self->busy.erase(leader);
    self->pump();
}

bool Producer::State::may_retry(const Batch& batch, const Error& error) const {
    return !closed && retriable(error.code) && batch.attempts > 0 && batch.attempts <= options.retries &&
           system_clock().now() < batch.created + options.delivery_timeout;
}

void Producer::State::settle(std::unique_ptr<Batch> batch, const Expected<Offset>& outcome) {
    Queue& queue = queues[batch->partition];
    queue.in_flight = false;
    if (!outcome) {
        const Error& error = outcome.error();
        if (is_stale_leader(error.code)) {
            cluster.metadata().forget_leader(batch->partition);
        }
        if (may_retry(*batch, error)) {
            batch->not_before = system_clock().now() + options.retry_backoff;
            queue.batches.push_front(std::move(batch));
            return;
        }
        if (loses_identity(error.code)) {
            producer_id = no_producer;
        }
    }
    buffered -= batch->counted;
    outstanding -= batch->delivered.size();
    for (std::size_t i = 0; i < batch->delivered.size(); ++i) {
        const auto distance = static_cast<std::int64_t>(i);
        if (!outcome) {
            batch->delivered[i](std::unexpected(outcome.error()));
        } else {
            batch->delivered[i](Delivery{batch->partition, *outcome < Offset{0} ? no_offset : *outcome + distance});
        }
    }
    changed.notify();
}

Task<> Producer::State::find_leaders(std::shared_ptr<State> self, std::vector<std::string> topics) {
    // An error leaves the partitions without a leader, so that the next round asks again.
    (void)co_await self->cluster.refresh(std::move(topics), true);
    co_await sleep_for(self->options.retry_backoff);
    self->finding_leaders = false;
    self->pump();
}

}  // namespace barnabas
