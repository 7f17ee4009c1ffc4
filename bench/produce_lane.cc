#include "produce_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

#include "model/record_batch_builder.h"
#include "protocol/init_producer_id.h"
#include "protocol/produce.h"

namespace barnabas::bench {

namespace {

constexpr std::int16_t produce_version = 7;
constexpr std::string_view stamp_place = "-stamp--";

/// Letters that compress to about a third: half of each value is the same, half is random.
std::string value_of(std::size_t size, std::mt19937& random) {
    std::string value(std::max(size, stamp_place.size()), 'x');
    std::uniform_int_distribution<int> letter('a', 'z');
    std::generate(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(value.size() / 2), [&] {
        return static_cast<char>(letter(random));
    });
    std::ranges::copy(stamp_place, value.begin());
    return value;
}

struct Batch {
    Bytes bytes;
    std::size_t records = 0;
};

Batch build_batch(const LoadOptions& options, std::mt19937& random) {
    RecordBatchBuilder builder({.compression = options.compression});
    const Timestamp now = system_clock().timestamp();
    std::size_t number = 0;
    do {
        const std::string value = value_of(options.record_bytes, random);
        const std::string key = fmt::format("key-{:08}", random() % 1'000'000);
        builder.append(now, options.keyed ? std::optional(as_bytes(key)) : std::nullopt, as_bytes(value));
        ++number;
    } while (builder.size() + options.record_bytes < options.batch_bytes);
    return {builder.finish(), number};
}

ProduceFrame build_frame(const LoadOptions& options, int first_partition, std::mt19937& random) {
    ProduceFrame frame;
    ProduceRequest request;
    request.acks = options.acks;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = options.topic;
    const Batch batch = build_batch(options, random);
    for (int i = 0; i < options.batches; ++i) {
        topic.partition_data.push_back({.index = (first_partition + i) % options.partitions, .records = batch.bytes});
    }
    frame.bytes = frame_of(request, produce_version);
    frame.batch_bytes = batch.bytes.size();
    frame.batch_records = batch.records;
    auto from = frame.bytes.begin();
    for (int i = 0; i < options.batches; ++i) {
        from = std::search(from, frame.bytes.end(), batch.bytes.begin(), batch.bytes.end());
        frame.batches.push_back(static_cast<std::size_t>(from - frame.bytes.begin()));
        from += static_cast<std::ptrdiff_t>(batch.bytes.size());
    }
    const auto stamp = std::ranges::search(batch.bytes, as_bytes(stamp_place));
    frame.stamp = static_cast<std::size_t>(stamp.begin() - batch.bytes.begin());
    return frame;
}

std::chrono::nanoseconds interval_of(const LoadOptions& options, const ProduceFrame& frame) {
    if (options.rate <= 0) {
        return std::chrono::nanoseconds(0);
    }
    const double bytes = static_cast<double>(frame.batch_bytes * frame.batches.size());
    const double of_lane = options.rate * 1e6 / options.connections;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(bytes / of_lane * 1e9));
}

/// Connections take their turns within the interval.
Timetable timetable_of(const LoadOptions& options, const ProduceFrame& frame, std::size_t first_frame) {
    const auto interval = interval_of(options, frame);
    return {interval, system_clock().now() + interval * static_cast<std::int64_t>(first_frame) / options.connections};
}

}  // namespace

std::vector<ProduceFrame> produce_frames(const LoadOptions& options) {
    std::mt19937 random(42);
    std::vector<ProduceFrame> frames;
    for (int round = 0; round < options.variety; ++round) {
        for (int partition = 0; partition < options.partitions; partition += options.batches) {
            frames.push_back(build_frame(options, partition, random));
        }
    }
    return frames;
}

ProduceLane::ProduceLane(
    Socket socket, Tally& tally, const LoadOptions& options, std::shared_ptr<std::vector<ProduceFrame>> frames,
    std::size_t first_frame, bool stamped
)
    : Lane(std::move(socket), tally, options.depth),
      acks_(options.acks),
      frames_(std::move(frames)),
      stamped_(stamped),
      next_frame_(first_frame % frames_->size()),
      timetable_(timetable_of(options, frames_->front(), first_frame)),
      sequences_(frames_->size(), 0) {}

std::expected<std::int64_t, std::string> ProduceLane::ask_producer_id(const Socket& socket) {
    InitProducerIdRequest request;
    request.transactional_id = std::nullopt;
    request.transaction_timeout_ms = 60'000;
    for (int attempt = 0; attempt < 100; ++attempt) {  // Apache has none at hand when it is asked first
        const auto answer = socket.exchange(frame_of(request, 1));
        if (!answer) {
            return std::unexpected(answer.error());
        }
        const auto response = response_in<InitProducerIdResponse>(*answer, 1);
        if (response && response->error_code == ErrorCode::none) {
            return response->producer_id;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return std::unexpected("the broker gave no producer id in 10 s");
}

void ProduceLane::set_producer_id(std::int64_t id) {
    producer_id_ = id;
}

std::optional<Instant> ProduceLane::due() const {
    return in_flight() < depth() ? timetable_.due() : std::nullopt;
}

std::optional<Lane::Outgoing> ProduceLane::next(Instant now) {
    const auto begun = timetable_.take(now);
    if (!begun) {
        return std::nullopt;
    }
    ProduceFrame& frame = (*frames_)[next_frame_];
    if (stamped_ || producer_id_) {
        change(frame, *begun);
    }
    next_frame_ = (next_frame_ + 1) % frames_->size();
    const std::size_t batches = frame.batches.size();
    return Outgoing{frame.bytes, {*begun, frame.batch_bytes * batches, frame.batch_records * batches, acks_ != 0}};
}

void ProduceLane::change(ProduceFrame& frame, Instant moment) {
    std::int32_t& sequence = sequences_[next_frame_];
    for (const std::size_t at : frame.batches) {
        const MutableBytes batch(frame.bytes.data() + at, frame.batch_bytes);
        if (stamped_) {
            store_big_endian(batch.data() + frame.stamp, std::int64_t{moment.time_since_epoch().count()});
        }
        if (producer_id_) {
            store_big_endian(batch.data() + batch_layout::producer_id, *producer_id_);
            store_big_endian(batch.data() + batch_layout::producer_epoch, std::int16_t{0});
            store_big_endian(batch.data() + batch_layout::base_sequence, sequence);
        }
        set_crc(batch);
    }
    sequence += static_cast<std::int32_t>(frame.batch_records);
}

std::expected<void, std::string> ProduceLane::take(BytesView answer, const Sent& sent, Instant now) {
    const auto response = response_in<ProduceResponse>(answer, produce_version);
    if (!response) {
        return std::unexpected(response.error());
    }
    for (const auto& topic : response->responses) {
        for (const auto& partition : topic.partition_responses) {
            if (partition.error_code != ErrorCode::none) {
                return std::unexpected(
                    fmt::format("a produce request was refused with error {}", static_cast<int>(partition.error_code))
                );
            }
        }
    }
    tally().add(now, sent.begun, sent.bytes, sent.records);
    return {};
}

}  // namespace barnabas::bench
