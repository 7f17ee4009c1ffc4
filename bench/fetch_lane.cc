#include "fetch_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/fetch.h"
#include "protocol/list_offsets.h"

namespace barnabas::bench {

namespace {

constexpr std::int16_t fetch_version = 11;
constexpr std::int64_t latest = -1, earliest = -2;

/// A reader that is late must not be held up by its own requests.
constexpr std::size_t tail_bytes = 1'048'576;

std::chrono::nanoseconds interval_of(const LoadOptions& options) {
    const double of_lane = options.rate * 1e6 / options.connections;
    return std::chrono::nanoseconds(
        of_lane > 0 ? static_cast<std::int64_t>(static_cast<double>(options.batch_bytes) / of_lane * 1e9) : 0
    );
}

}  // namespace

FetchLane::FetchLane(Socket socket, Tally& tally, const LoadOptions& options, Place place)
    : Lane(std::move(socket), tally, 1),
      topic_(options.topic),
      most_(static_cast<std::int32_t>(place.stamp ? std::max(options.batch_bytes, tail_bytes) : options.batch_bytes)),
      place_(place),
      offset_(place.offset),
      timetable_(place.stamp ? std::chrono::nanoseconds(0) : interval_of(options), system_clock().now()) {}

std::optional<Instant> FetchLane::due() const {
    return in_flight() < depth() ? timetable_.due() : std::nullopt;
}

std::expected<std::int64_t, std::string> FetchLane::ask_offset(
    const Socket& socket, const std::string& topic, std::int32_t partition, bool end
) {
    ListOffsetsRequest request;
    request.replica_id = -1;
    auto& asked = request.topics.emplace_back();
    asked.name = topic;
    asked.partitions.push_back({.partition_index = partition, .timestamp = end ? latest : earliest});
    const auto answer = socket.exchange(frame_of(request, 1));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto response = response_in<ListOffsetsResponse>(*answer, 1);
    if (!response) {
        return std::unexpected(response.error());
    }
    const auto& found = response->topics.at(0).partitions.at(0);
    if (found.error_code != ErrorCode::none) {
        return std::unexpected(fmt::format("no offset of {}-{}", topic, partition));
    }
    return found.offset;
}

std::optional<Lane::Outgoing> FetchLane::next(Instant now) {
    const auto begun = timetable_.take(now);
    if (!begun) {
        return std::nullopt;
    }
    FetchRequest request;
    request.max_wait_ms = 500;
    request.min_bytes = 1;
    request.max_bytes = most_;
    auto& topic = request.topics.emplace_back();
    topic.topic = topic_;
    auto& partition = topic.partitions.emplace_back();
    partition.partition = place_.partition;
    partition.fetch_offset = offset_;
    partition.partition_max_bytes = most_;
    frame_ = frame_of(request, fetch_version);
    return Outgoing{frame_, {.begun = *begun}};
}

std::expected<void, std::string> FetchLane::take(BytesView answer, const Sent& sent, Instant now) {
    const auto response = response_in<FetchResponse>(answer, fetch_version);
    if (!response) {
        return std::unexpected(response.error());
    }
    const auto& partition = response->responses.at(0).partitions.at(0);
    if (partition.error_code == ErrorCode::offset_out_of_range && !place_.stamp) {
        offset_ = partition.log_start_offset >= 0 ? partition.log_start_offset : place_.offset;
        return {};
    }
    if (partition.error_code != ErrorCode::none) {
        return std::unexpected(
            fmt::format("a fetch request was refused with error {}", static_cast<int>(partition.error_code))
        );
    }
    const BytesView records = partition.records ? partition.records->bytes() : BytesView{};
    take_records(records, sent, now);
    // Not after a request that finds nothing, which would wait in the broker.
    if (!place_.stamp && (records.empty() || offset_ >= partition.high_watermark)) {
        offset_ = place_.offset;
    }
    return {};
}

void FetchLane::take_records(BytesView records, const Sent& sent, Instant now) {
    std::size_t whole = 0, count = 0;
    while (records.size() >= batch_layout::records) {
        const RecordBatchView batch(records);
        if (batch.size() > records.size()) {
            break;
        }
        offset_ = batch.next_offset().value;
        whole += batch.size();
        count += static_cast<std::size_t>(batch.record_count());
        if (place_.stamp && tally().counts(now) && batch.size() >= *place_.stamp + sizeof(std::int64_t)) {
            const auto stamp = load_big_endian<std::int64_t>(batch.bytes().data() + *place_.stamp);
            tally().latencies.add(now.time_since_epoch() - std::chrono::nanoseconds(stamp));
        }
        records = records.subspan(batch.size());
    }
    if (whole == 0) {
        return;
    }
    if (!place_.stamp) {
        tally().add(now, sent.begun, whole, count);
    } else if (tally().counts(now)) {
        tally().bytes += whole;
        tally().records += count;
        ++tally().requests;
    }
}

}  // namespace barnabas::bench
