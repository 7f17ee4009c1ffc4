#include "client/producer.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "client/producer_state.h"
#include "protocol/init_producer_id.h"

namespace barnabas {

namespace {

std::size_t size_of(const Record& record) {
    std::size_t size = (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0) + 20;
    for (const Header& header : record.headers) {
        size += header.key.size() + (header.value ? header.value->size() : 0) + 4;
    }
    return size;
}

std::optional<BytesView> view(const std::optional<Bytes>& bytes) {
    return bytes ? std::optional<BytesView>(*bytes) : std::nullopt;
}

}  // namespace

Producer::Producer(const Executor& executor, ClusterClient& cluster, Options options, Random random)
    : state_(std::make_shared<State>(executor, cluster, options, random)) {}

Producer::~Producer() {
    state_->closed = true;
    state_->timer.cancel();
}

Task<Expected<void>> Producer::send(
    std::string topic, std::optional<PartitionId> partition, Timestamp timestamp, Record record, Delivered delivered
) {
    const auto state = state_;
    const std::size_t bytes = size_of(record);
    if (bytes > state->options.most_request_bytes) {
        co_return fail(
            ErrorCode::record_list_too_large,
            fmt::format("the record has {} bytes; at most {} are sent", bytes, state->options.most_request_bytes)
        );
    }
    const Instant deadline = system_clock().now() + state->options.max_block;
    if (state->options.idempotent && state->producer_id == no_producer) {
        if (auto identified = co_await state->identify(); !identified) {
            co_return identified;
        }
    }
    if (!partition) {
        auto chosen = co_await state->choose(topic, record, bytes, deadline);
        if (!chosen) {
            co_return std::unexpected(std::move(chosen).error());
        }
        partition = *chosen;
    }
    while (state->buffered > 0 && state->buffered + bytes > state->options.most_buffered) {
        if (system_clock().now() >= deadline) {
            co_return fail(ErrorCode::request_timed_out, "the producer's buffer stays full: no broker takes records");
        }
        co_await state->changed.wait(deadline);
    }
    state->append({std::move(topic), *partition}, timestamp, record, bytes, std::move(delivered));
    co_return Expected<void>();
}

Task<> Producer::flush() {
    const auto state = state_;
    ++state->flushing;
    state->pump();
    while (state->outstanding > 0) {
        co_await state->changed.wait();
    }
    --state->flushing;
}

Task<Expected<void>> Producer::State::know(std::string topic, Instant deadline) {
    for (Retry retry(deadline, options.retry_backoff);;) {
        const auto* known = cluster.metadata().topic(topic);
        const Instant now = system_clock().now();
        if (known != nullptr && known->error == ErrorCode::none && !known->partitions.empty() &&
            now < known_since[topic] + options.metadata_max_age) {
            co_return Expected<void>();
        }
        Expected<void> refreshed = co_await cluster.refresh(std::vector{topic}, true);
        if (refreshed) {
            known = cluster.metadata().topic(topic);
            const ErrorCode code = known == nullptr ? ErrorCode::unknown_topic_or_partition : known->error;
            if (code == ErrorCode::none) {
                known_since[topic] = now;
                continue;
            }
            refreshed = fail(code, fmt::format("topic {}: {}", topic, text(code)));
        }
        if (!co_await retry.after(refreshed.error())) {
            co_return refreshed;
        }
    }
}

Task<Expected<PartitionId>> Producer::State::choose(
    std::string topic, const Record& record, std::size_t bytes, Instant deadline
) {
    if (auto known = co_await know(topic, deadline); !known) {
        co_return std::unexpected(std::move(known).error());
    }
    const auto& partitions = cluster.metadata().topic(topic)->partitions;
    if (record.key) {
        co_return partition_of_key(*record.key, static_cast<std::int32_t>(partitions.size()));
    }
    std::vector<PartitionId> all, led;
    for (const auto& [id, partition] : partitions) {
        all.push_back(id);
        if (partition.leader != no_node) {
            led.push_back(id);
        }
    }
    co_return sticky.choose(topic, led.empty() ? all : led, bytes);
}

Task<Expected<void>> Producer::State::identify() {
    InitProducerIdRequest request;
    request.transactional_id.reset();
    request.transaction_timeout_ms = INT32_MAX;
    auto reply = co_await cluster.ask<InitProducerIdResponse>(request);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    const auto& response = reply->message;
    if (response.error_code != ErrorCode::none) {
        co_return fail(response.error_code, std::string(text(response.error_code)));
    }
    producer_id = {response.producer_id};
    producer_epoch = {response.producer_epoch};
    for (auto& [partition, queue] : queues) {
        queue.next_sequence = 0;
    }
    co_return Expected<void>();
}

void Producer::State::append(
    TopicPartition partition, Timestamp timestamp, const Record& record, std::size_t bytes, Delivered told
) {
    Queue& queue = queues[partition];
    const bool fits = !queue.batches.empty() && queue.batches.back()->bytes.empty() &&
                      queue.batches.back()->builder.size() + bytes <= options.batch_size;
    if (!fits) {
        RecordBatchBuilder::Options head;
        head.compression = options.compression;
        head.level = options.level;
        if (options.idempotent) {
            head.producer_id = producer_id;
            head.producer_epoch = producer_epoch;
            head.base_sequence = queue.next_sequence;
        }
        queue.batches.push_back(std::make_unique<Batch>(
            Batch{.partition = partition, .builder = RecordBatchBuilder(head), .created = system_clock().now()}
        ));
    }
    Batch& batch = *queue.batches.back();
    batch.builder.append(timestamp, view(record.key), view(record.value), record.headers);
    queue.next_sequence = queue.next_sequence == INT32_MAX ? 0 : queue.next_sequence + 1;
    batch.delivered.push_back(std::move(told));
    batch.counted += bytes;
    buffered += bytes;
    ++outstanding;
    // A batch that waits for its linger already has the timer.
    if (!fits || batch.builder.size() >= options.batch_size) {
        pump();
    }
}

}  // namespace barnabas
