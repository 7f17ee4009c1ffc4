#include "client_producer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace barnabas::bench {

namespace {

constexpr int hand_over_at_once = 256;  // then acknowledgements have their turn

/// An instant in the pointer that librdkafka gives back with a record.
void* pointer_of(Instant instant) {
    return reinterpret_cast<void*>(instant.time_since_epoch().count());  // NOLINT(performance-no-int-to-ptr)
}

Instant instant_of(const void* pointer) {
    return Instant(std::chrono::nanoseconds(reinterpret_cast<std::intptr_t>(pointer)));
}

constexpr std::array<const char*, 5> codecs = {"none", "gzip", "snappy", "lz4", "zstd"};

}  // namespace

ClientProducer::ClientProducer(const LoadOptions& options, Tally& tally, int number, bool stamped)
    : tally_(tally),
      keyed_(options.keyed),
      stamped_(stamped),
      partitions_(options.partitions),
      most_waiting_(
          stamped || options.rate > 0
              ? SIZE_MAX
              : std::max<std::size_t>(
                    options.batch_bytes * (static_cast<std::size_t>(options.depth) + 1) / options.record_bytes, 1
                )
      ),
      records_of_batch_(std::max<std::size_t>(options.batch_bytes / options.record_bytes, 1)),
      interval_(
          options.rate > 0 ? static_cast<std::int64_t>(
                                 static_cast<double>(options.record_bytes) * options.connections / options.rate * 1e3
                             )
                           : 0
      ),
      value_(std::max(options.record_bytes, sizeof(std::int64_t)), 'x'),
      random_(static_cast<std::uint32_t>(number)),
      next_due_(system_clock().now()),
      handed_(static_cast<std::size_t>(number) * records_of_batch_) {
    std::uniform_int_distribution<int> letter('a', 'z');
    std::generate_n(value_.begin(), value_.size() / 2, [&] { return static_cast<char>(letter(random_)); });
}

std::expected<std::unique_ptr<ClientProducer>, std::string> ClientProducer::open(
    const LoadOptions& options, Tally& tally, int number, bool stamped
) {
    std::unique_ptr<ClientProducer> made(new ClientProducer(options, tally, number, stamped));
    auto handle = open_client(
        RD_KAFKA_PRODUCER,
        {{"bootstrap.servers", options.host + ":" + options.port},
         {"client.id", "barnabas-bench-client"},
         {"acks", fmt::to_string(options.acks)},
         {"batch.size", fmt::to_string(options.batch_bytes)},
         {"batch.num.messages", "1000000"},
         {"linger.ms", options.depth == 1 || stamped ? "0" : "1"},
         {"max.in.flight.requests.per.connection", fmt::to_string(options.depth)},
         {"queue.buffering.max.messages", "1000000"},
         {"queue.buffering.max.kbytes", "1048576"},
         {"compression.codec", codecs.at(static_cast<std::size_t>(options.compression))},
         {"enable.idempotence", options.idempotent ? "true" : "false"}},
        delivered, made.get()
    );
    if (!handle) {
        return std::unexpected(handle.error());
    }
    made->handle_ = *std::move(handle);
    made->topic_.reset(rd_kafka_topic_new(made->handle_.get(), options.topic.c_str(), nullptr));
    return made;
}

ClientProducer::~ClientProducer() {
    if (handle_ != nullptr) {
        rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        topic_.reset();
        rd_kafka_flush(handle_.get(), 1000);
    }
}

bool ClientProducer::turn() {
    int handed = 0;
    for (Instant now = system_clock().now(); handed < hand_over_at_once && may_hand_over(now); ++handed) {
        if (!hand_over(interval_.count() > 0 ? next_due_ : system_clock().now())) {
            break;
        }
        next_due_ += interval_;
    }
    return rd_kafka_poll(handle_.get(), 0) > 0 || handed > 0;
}

bool ClientProducer::may_hand_over(Instant now) const {
    return waiting_ < most_waiting_ && (interval_.count() == 0 || next_due_ <= now);
}

/// Whether librdkafka took it.
bool ClientProducer::hand_over(Instant due) {
    if (stamped_) {
        const std::int64_t stamp = due.time_since_epoch().count();
        std::memcpy(value_.data(), &stamp, sizeof stamp);
    }
    if (keyed_) {
        key_ = fmt::format("key-{:08}", random_() % 1'000'000);
    }
    const auto partition =
        static_cast<std::int32_t>(handed_ / records_of_batch_ % static_cast<std::size_t>(partitions_));
    const int refused = rd_kafka_produce(
        topic_.get(), keyed_ ? RD_KAFKA_PARTITION_UA : partition, RD_KAFKA_MSG_F_COPY, value_.data(), value_.size(),
        keyed_ ? key_.data() : nullptr, key_.size(), pointer_of(due)
    );
    if (refused != 0) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            tally_.fail(fmt::format("producing: {}", rd_kafka_err2str(rd_kafka_last_error())));
        }
        return false;
    }
    ++handed_;
    ++waiting_;
    return true;
}

void ClientProducer::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto* self = static_cast<ClientProducer*>(opaque);
    --self->waiting_;
    if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
        return;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        self->tally_.fail(fmt::format("a record was not acknowledged: {}", rd_kafka_err2str(message->err)));
        return;
    }
    self->tally_.add(system_clock().now(), instant_of(message->_private), message->len + message->key_len, 1);
}

}  // namespace barnabas::bench
