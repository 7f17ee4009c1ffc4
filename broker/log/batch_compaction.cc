#include "log/batch_compaction.h"

#include "model/record_batch_builder.h"

namespace barnabas {

namespace {

using What = BatchCompaction::Remains::What;

RecordBatchBuilder builder_like(const RecordBatchView& batch, std::optional<Timestamp> delete_horizon) {
    return RecordBatchBuilder({
        .base_offset = batch.base_offset(),
        .compression = *batch.compression(),  // its records were read, so it has one
        .level = std::nullopt,
        .timestamp_type = batch.timestamp_type(),
        .leader_epoch = batch.leader_epoch(),
        .producer_id = batch.producer_id(),
        .producer_epoch = batch.producer_epoch(),
        .base_sequence = batch.base_sequence(),
        .transactional = batch.is_transactional(),
        .control = batch.is_control(),
        .delete_horizon = delete_horizon,
    });
}

/// The header alone: offsets, sequences and epochs, without records.
Bytes without_records(const RecordBatchView& batch) {
    using namespace batch_layout;
    constexpr std::int16_t compression_bits = 7, delete_horizon_bit = 64;
    Bytes header = copy(batch.bytes().first(records));
    store_big_endian(header.data() + batch_length, static_cast<std::int32_t>(records - overhead));
    store_big_endian(
        header.data() + attributes,
        static_cast<std::int16_t>(batch.attributes() & ~(compression_bits | delete_horizon_bit))
    );
    store_big_endian(header.data() + base_timestamp, std::int64_t{-1});
    store_big_endian(header.data() + record_count, std::int32_t{0});
    set_crc(header);
    return header;
}

}  // namespace

Expected<BatchCompaction::Remains> BatchCompaction::compact(const RecordBatchView& batch) {
    auto verdict = judge(batch);
    if (!verdict) {
        return std::unexpected(std::move(verdict).error());
    }
    Kept kept;
    if (!verdict->discard_records) {
        if (!batch.is_control() && batch.base_offset() >= keys_.end()) {
            return Remains{What::the_batch, {}, std::nullopt, batch.record_count()};
        }
        auto survivors = kept_of(batch);
        if (!survivors) {
            return std::unexpected(std::move(survivors).error());
        }
        kept = *std::move(survivors);
    }
    Remains remains = write(batch, kept, verdict->empty_marker);
    remains.aborted = std::move(verdict->aborted);
    return remains;
}

Expected<BatchCompaction::Verdict> BatchCompaction::judge(const RecordBatchView& batch) {
    if (!batch.is_control()) {
        return Verdict{.discard_records = fates_.is_aborted(batch)};
    }
    auto marker = fates_.marker(batch);
    if (!marker) {
        return std::unexpected(std::move(marker).error());
    }
    const bool over = batch.has_delete_horizon() && batch.base_timestamp() <= rules_.now;
    return Verdict{marker->empty && over, marker->empty, std::move(marker->aborted)};
}

Expected<BatchCompaction::Kept> BatchCompaction::kept_of(const RecordBatchView& batch) const {
    auto reader = RecordReader::open(batch);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    Kept kept{.reader = *std::move(reader)};
    const bool tombstones_stay = !batch.has_delete_horizon() || rules_.now < batch.base_timestamp();
    while (true) {
        const auto record = kept.reader->next();
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!*record) {
            return kept;
        }
        const bool tombstone = !(*record)->value;
        if (batch.is_control() ||
            (keys_.newest((*record)->offset, (*record)->key) && (!tombstone || tombstones_stay))) {
            kept.records.push_back(**record);
            kept.tombstones |= tombstone && !batch.is_control();
        }
    }
}

BatchCompaction::Remains BatchCompaction::write(const RecordBatchView& batch, const Kept& kept, bool empty_marker)
    const {
    const auto count = static_cast<std::int32_t>(kept.records.size());
    if (count == 0) {
        return keeps_empty(batch) ? Remains{What::a_new_batch, without_records(batch), std::nullopt, 0} : Remains{};
    }
    const bool needs_horizon = (kept.tombstones || empty_marker) && !batch.has_delete_horizon();
    if (count == batch.record_count() && !needs_horizon) {
        return {What::the_batch, {}, std::nullopt, count};
    }
    std::optional<Timestamp> horizon;
    if (needs_horizon) {
        horizon = rules_.delete_retention > Timestamp::max() - rules_.now ? Timestamp::max()
                                                                          : rules_.now + rules_.delete_retention;
    } else if (batch.has_delete_horizon()) {
        horizon = batch.base_timestamp();
    }
    RecordBatchBuilder builder = builder_like(batch, horizon);
    for (const RecordView& record : kept.records) {
        builder.append_at(record.offset, record.timestamp, record.key, record.value, record.headers());
    }
    builder.set_last_offset(batch.last_offset());
    return {What::a_new_batch, builder.finish(), std::nullopt, count};
}

bool BatchCompaction::keeps_empty(const RecordBatchView& batch) const {
    if (batch.next_offset() == rules_.first_uncleanable) {
        return true;
    }
    const auto last = rules_.last_of_producers.find(batch.producer_id());
    if (!batch.has_producer() || last == rules_.last_of_producers.end()) {
        return false;
    }
    return last->second.data ? batch.last_offset() == *last->second.data
                             : batch.is_control() && batch.producer_epoch() == last->second.epoch;
}

}  // namespace barnabas
