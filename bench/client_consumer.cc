#include "client_consumer.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace barnabas::bench {

namespace {

constexpr int wait_ms = 10;

}  // namespace

std::expected<std::unique_ptr<ClientConsumer>, std::string> ClientConsumer::open(
    const LoadOptions& options, std::int32_t partition, bool at_tail
) {
    std::unique_ptr<ClientConsumer> made(new ClientConsumer(options, partition, at_tail));
    auto handle = open_client(
        RD_KAFKA_CONSUMER,
        {{"bootstrap.servers", options.host + ":" + options.port},
         {"client.id", "barnabas-bench-client"},
         {"group.id", "barnabas-bench-client"},
         {"enable.auto.commit", "false"},
         {"enable.partition.eof", "true"},
         {"fetch.wait.max.ms", "500"},
         {"queued.min.messages", "1000000"},
         {"queued.max.messages.kbytes", "65536"},
         {"fetch.message.max.bytes", fmt::to_string(std::max<std::size_t>(options.batch_bytes, 1'048'576))}}
    );
    if (!handle) {
        return std::unexpected(handle.error());
    }
    made->handle_ = *std::move(handle);
    made->topic_.reset(rd_kafka_topic_new(made->handle_.get(), options.topic.c_str(), nullptr));
    made->queue_.reset(rd_kafka_queue_new(made->handle_.get()));
    const std::int64_t from = at_tail ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
    if (rd_kafka_consume_start_queue(made->topic_.get(), partition, from, made->queue_.get()) != 0) {
        return std::unexpected(fmt::format("consuming: {}", rd_kafka_err2str(rd_kafka_last_error())));
    }
    made->thread_ = std::jthread([consumer = made.get()](const std::stop_token& stop) { consumer->run(stop); });
    return made;
}

ClientConsumer::~ClientConsumer() {
    thread_ = {};
    if (queue_ != nullptr) {
        rd_kafka_consume_stop(topic_.get(), partition_);
    }
    queue_.reset();
    topic_.reset();
}

void ClientConsumer::begin(Instant from, Instant until) {
    const std::lock_guard lock(mutex_);
    tally_ = {.from = from, .until = until};
}

void ClientConsumer::add_to(Tally& tally) {
    const std::lock_guard lock(mutex_);
    tally.bytes += tally_.bytes;
    tally.records += tally_.records;
    tally.requests += tally_.requests;
    tally.latencies.add(tally_.latencies);
    if (!tally_.failure.empty()) {
        tally.fail(tally_.failure);
    }
}

void ClientConsumer::run(const std::stop_token& stop) {
    std::array<rd_kafka_message_t*, 1000> messages{};
    while (!stop.stop_requested()) {
        const auto count = rd_kafka_consume_batch_queue(queue_.get(), wait_ms, messages.data(), messages.size());
        const Instant now = system_clock().now();
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
            take(*messages.at(i), now);
            ready_ = true;
            rd_kafka_message_destroy(messages.at(i));
        }
    }
}

void ClientConsumer::take(const rd_kafka_message_t& message, Instant now) {
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (!at_tail_) {
            rd_kafka_seek(topic_.get(), partition_, RD_KAFKA_OFFSET_BEGINNING, 0);
        }
    } else if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        tally_.fail(fmt::format("consuming {}-{}: {}", topic_name_, partition_, rd_kafka_err2str(message.err)));
    } else if (!at_tail_) {
        tally_.add(now, now, message.len + message.key_len, 1);
    } else if (message.len >= sizeof(std::int64_t)) {
        std::int64_t stamp = 0;
        std::memcpy(&stamp, message.payload, sizeof stamp);
        tally_.add(now, Instant(std::chrono::nanoseconds(stamp)), message.len, 1);
    }
}

}  // namespace barnabas::bench
