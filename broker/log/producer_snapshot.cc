#include "log/producer_snapshot.h"

#include <fmt/format.h>

#include "common/crc32c.h"

namespace barnabas {

namespace {

constexpr std::int16_t producer_snapshot_version = 1;
constexpr std::size_t version_at = 0, crc_at = 2, count_at = 6, entries_at = 10, entry_size = 46;

/// Fields of an entry: byte offsets from its start.
namespace field {
constexpr std::size_t producer = 0, epoch = 8, last_sequence = 10, last_offset = 14, offset_delta = 22, timestamp = 26,
                      coordinator_epoch = 34, transaction_first_offset = 38;
}  // namespace field

void encode(std::byte* at, const ProducerEntry& entry) {
    store_big_endian(at + field::producer, entry.producer.value);
    store_big_endian(at + field::epoch, entry.epoch.value);
    store_big_endian(at + field::last_sequence, entry.last_sequence());
    store_big_endian(at + field::last_offset, entry.last_offset().value);
    store_big_endian(at + field::offset_delta, entry.last_offset_delta());
    store_big_endian<std::int64_t>(at + field::timestamp, entry.last_timestamp.time_since_epoch().count());
    store_big_endian(at + field::coordinator_epoch, entry.coordinator_epoch);
    store_big_endian(at + field::transaction_first_offset, entry.transaction_first_offset.value_or(no_offset).value);
}

ProducerEntry decode_entry(const std::byte* at) {
    ProducerEntry entry;
    entry.producer = {load_big_endian<std::int64_t>(at + field::producer)};
    entry.epoch = {load_big_endian<std::int16_t>(at + field::epoch)};
    entry.coordinator_epoch = load_big_endian<std::int32_t>(at + field::coordinator_epoch);
    entry.last_timestamp = Timestamp(std::chrono::milliseconds(load_big_endian<std::int64_t>(at + field::timestamp)));
    if (const Offset first{load_big_endian<std::int64_t>(at + field::transaction_first_offset)}; first.value >= 0) {
        entry.transaction_first_offset = first;
    }
    const ProducerBatch last{
        load_big_endian<std::int32_t>(at + field::last_sequence),
        {load_big_endian<std::int64_t>(at + field::last_offset)},
        load_big_endian<std::int32_t>(at + field::offset_delta),
        entry.last_timestamp
    };
    if (last.last_offset.value >= 0) {
        entry.batches.push(last);
    }
    return entry;
}

}  // namespace

Bytes producer_snapshot(const std::map<ProducerId, ProducerEntry>& producers) {
    Bytes bytes(entries_at + producers.size() * entry_size);
    store_big_endian(bytes.data() + version_at, producer_snapshot_version);
    store_big_endian(bytes.data() + count_at, static_cast<std::int32_t>(producers.size()));
    std::byte* at = bytes.data() + entries_at;
    for (const auto& [producer, entry] : producers) {
        encode(at, entry);
        at += entry_size;
    }
    store_big_endian(bytes.data() + crc_at, crc32c(BytesView(bytes).subspan(count_at)));
    return bytes;
}

Expected<std::vector<ProducerEntry>> parse_producer_snapshot(BytesView bytes) {
    if (bytes.size() < entries_at) {
        return fail(
            ErrorCode::corrupt_message, fmt::format("a producer snapshot of {} bytes is cut off", bytes.size())
        );
    }
    if (const auto version = load_big_endian<std::int16_t>(bytes.data()); version != producer_snapshot_version) {
        return fail(ErrorCode::corrupt_message, fmt::format("producer snapshot of unknown version {}", version));
    }
    if (load_big_endian<std::uint32_t>(bytes.data() + crc_at) != crc32c(bytes.subspan(count_at))) {
        return fail(ErrorCode::corrupt_message, "a producer snapshot does not match its checksum");
    }
    const auto count = load_big_endian<std::int32_t>(bytes.data() + count_at);
    if (count < 0 || static_cast<std::size_t>(count) != (bytes.size() - entries_at) / entry_size) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format("a producer snapshot of {} bytes claims {} producers", bytes.size(), count)
        );
    }
    std::vector<ProducerEntry> entries;
    entries.reserve(static_cast<std::size_t>(count));
    for (const std::byte* at = bytes.data() + entries_at; entries.size() < static_cast<std::size_t>(count);
         at += entry_size) {
        entries.push_back(decode_entry(at));
    }
    return entries;
}

}  // namespace barnabas
