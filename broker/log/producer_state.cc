#include "log/producer_state.h"

#include <fmt/format.h>

#include "log/producer_snapshot.h"
#include "model/record.h"

namespace barnabas {

namespace {

constexpr std::int64_t sequences = std::int64_t{1} << 31;

/// Of a marker's key and value: what ended, and by which coordinator's epoch.
struct Marker {
    bool aborted = false;
    std::int32_t coordinator_epoch = -1;
};

Expected<std::optional<Marker>> read_marker(RecordBatchView batch, Timestamp& timestamp) {
    auto reader = RecordReader::open(batch);
    const auto record = reader ? reader->next() : std::unexpected(reader.error());
    if (!record) {
        return std::unexpected(record.error());
    }
    if (!*record) {
        return std::nullopt;  // the cleaner has emptied it: the transaction is gone from the log
    }
    const auto& [key, value] = std::pair((*record)->key, (*record)->value);
    if (!key || key->size() < 4 || !value || value->size() < 6) {
        return fail(ErrorCode::corrupt_message, "a transaction marker is cut off");
    }
    const auto type = load_big_endian<std::int16_t>(key->data() + 2);
    if (type != 0 && type != 1) {
        return fail(ErrorCode::corrupt_message, fmt::format("control type {} does not end a transaction", type));
    }
    timestamp = (*record)->timestamp;
    return Marker{type == 0, load_big_endian<std::int32_t>(value->data() + 2)};
}

bool follows(std::int32_t last, std::int32_t next) {
    return next == (last + std::int64_t{1}) % sequences;
}

/// A new epoch forgets the batches of the one before.
void enter_epoch(ProducerEntry& entry, ProducerEpoch epoch) {
    if (entry.epoch != epoch) {
        entry.batches.clear();
        entry.epoch = epoch;
    }
}

}  // namespace

std::int32_t ProducerBatch::first_sequence() const {
    return static_cast<std::int32_t>((last_sequence - std::int64_t{offset_delta} + sequences) % sequences);
}

const ProducerEntry* ProducerState::find(ProducerId producer) const {
    const auto found = producers_.find(producer);
    return found == producers_.end() ? nullptr : &found->second;
}

std::optional<ProducerBatch> ProducerState::find_duplicate(RecordBatchView batch) const {
    const ProducerEntry* entry = find(batch.producer_id());
    if (entry == nullptr || entry->epoch != batch.producer_epoch()) {
        return std::nullopt;
    }
    for (const ProducerBatch& each : entry->batches.all()) {
        if (each.first_sequence() == batch.base_sequence() && each.last_sequence == batch.last_sequence()) {
            return each;
        }
    }
    return std::nullopt;
}

Expected<ProducerState::Update> ProducerState::prepare(
    RecordBatchView batch, Origin origin, const ProducerEntry* pending
) const {
    const ProducerEntry* known = pending != nullptr ? pending : find(batch.producer_id());
    ProducerEntry entry = known != nullptr ? *known : ProducerEntry{.producer = batch.producer_id()};
    if (batch.is_control()) {
        return prepare_marker(std::move(entry), batch, origin);
    }
    if (auto checked = check_epoch(entry, batch, origin); !checked) {
        return std::unexpected(checked.error());
    }
    if (origin == Origin::client) {
        if (auto checked = check_sequence(entry, batch); !checked) {
            return std::unexpected(checked.error());
        }
    }
    enter_epoch(entry, batch.producer_epoch());
    entry.batches.push({batch.last_sequence(), batch.last_offset(), batch.last_offset_delta(), batch.max_timestamp()});
    entry.last_timestamp = batch.max_timestamp();
    Update update;
    if (entry.transaction_first_offset && !batch.is_transactional()) {
        return fail(
            ErrorCode::invalid_txn_state,
            fmt::format(
                "Expected transactional write from producer {} at offset {} in partition {}", entry.producer.value,
                batch.base_offset().value, partition_
            )
        );
    }
    if (!entry.transaction_first_offset && batch.is_transactional()) {
        entry.transaction_first_offset = batch.base_offset();
        update.started = batch.base_offset();
    }
    update.entry = std::move(entry);
    return update;
}

Expected<void> ProducerState::check_epoch(const ProducerEntry& entry, RecordBatchView batch, Origin origin) const {
    if (batch.producer_epoch() >= entry.epoch || origin == Origin::replication) {
        return {};
    }
    return fail(
        ErrorCode::invalid_producer_epoch,
        fmt::format(
            "Epoch of producer {} at offset {} in {} is {}, which is smaller than the last seen epoch {}",
            entry.producer.value, batch.base_offset().value, partition_, batch.producer_epoch().value, entry.epoch.value
        )
    );
}

Expected<void> ProducerState::check_sequence(const ProducerEntry& entry, RecordBatchView batch) const {
    const std::int32_t sequence = batch.base_sequence();
    // A producer that retention made the partition forget may go on with any sequence.
    if (entry.epoch == no_producer_epoch) {
        return {};
    }
    if (batch.producer_epoch() != entry.epoch) {
        if (sequence == 0) {
            return {};
        }
        return fail(
            ErrorCode::out_of_order_sequence_number,
            fmt::format(
                "Invalid sequence number for new epoch of producer {} at offset {} in partition {}: {} (request "
                "epoch), {} (seq. number), {} (current producer epoch)",
                entry.producer.value, batch.base_offset().value, partition_, batch.producer_epoch().value, sequence,
                entry.epoch.value
            )
        );
    }
    if (follows(entry.last_sequence(), sequence)) {
        return {};
    }
    return fail(
        ErrorCode::out_of_order_sequence_number,
        fmt::format(
            "Out of order sequence number for producer {} at offset {} in partition {}: {} (incoming seq. number), {} "
            "(current end sequence number)",
            entry.producer.value, batch.base_offset().value, partition_, sequence, entry.last_sequence()
        )
    );
}

Expected<ProducerState::Update> ProducerState::prepare_marker(ProducerEntry entry, RecordBatchView batch, Origin origin)
    const {
    Timestamp timestamp = batch.max_timestamp();
    const auto marker = read_marker(batch, timestamp);
    if (!marker) {
        return std::unexpected(marker.error());
    }
    Update update;
    if (!*marker) {
        update.entry = std::move(entry);
        return update;
    }
    if (auto checked = check_epoch(entry, batch, origin); !checked) {
        return std::unexpected(checked.error());
    }
    if (entry.coordinator_epoch > (*marker)->coordinator_epoch && origin != Origin::replication) {
        return fail(
            ErrorCode::transaction_coordinator_fenced,
            fmt::format(
                "Invalid coordinator epoch for producerId {} at offset {} in partition {}: {} (zombie), {} (current)",
                entry.producer.value, batch.base_offset().value, partition_, (*marker)->coordinator_epoch,
                entry.coordinator_epoch
            )
        );
    }
    // A marker without a transaction has no effect on the last stable offset.
    if (entry.transaction_first_offset) {
        update.completed = CompletedTransaction{
            entry.producer, *entry.transaction_first_offset, batch.base_offset(), (*marker)->aborted
        };
    }
    enter_epoch(entry, batch.producer_epoch());
    entry.coordinator_epoch = (*marker)->coordinator_epoch;
    entry.transaction_first_offset.reset();
    entry.last_timestamp = timestamp;
    update.entry = std::move(entry);
    return update;
}

void ProducerState::apply(const Update& update) {
    if (update.started) {
        open_.insert_or_assign(*update.started, update.entry.producer);
    }
    producers_.insert_or_assign(update.entry.producer, update.entry);
}

Offset ProducerState::last_stable_after(const CompletedTransaction& transaction) const {
    for (const auto& [first, producer] : open_) {
        if (producer != transaction.producer) {
            return first;
        }
    }
    return transaction.last_offset + 1;
}

void ProducerState::complete(const CompletedTransaction& transaction) {
    open_.erase(transaction.first_offset);
    awaiting_watermark_.insert_or_assign(transaction.first_offset, transaction.last_offset);
}

void ProducerState::high_watermark_moved(Offset high_watermark) {
    std::erase_if(awaiting_watermark_, [&](const auto& each) { return each.second < high_watermark; });
}

std::optional<Offset> ProducerState::first_unstable_offset() const {
    if (open_.empty() || awaiting_watermark_.empty()) {
        const auto& one = open_.empty() ? std::optional<Offset>() : std::optional(open_.begin()->first);
        return awaiting_watermark_.empty() ? one : std::optional(awaiting_watermark_.begin()->first);
    }
    return std::min(open_.begin()->first, awaiting_watermark_.begin()->first);
}

bool ProducerState::expired(const ProducerEntry& entry, Timestamp now) const {
    return !entry.transaction_first_offset && now - entry.last_timestamp >= expiration_;
}

void ProducerState::expire(Timestamp now) {
    std::erase_if(producers_, [&](const auto& each) { return expired(each.second, now); });
}

void ProducerState::log_start_moved(Offset log_start) {
    high_watermark_moved(log_start);
    end_ = std::max(end_, log_start);
}

void ProducerState::clear(Offset end) {
    producers_.clear();
    open_.clear();
    awaiting_watermark_.clear();
    end_ = end;
}

Bytes ProducerState::snapshot() const {
    return producer_snapshot(producers_);
}

Expected<void> ProducerState::restore(BytesView bytes, Offset end, Timestamp now) {
    auto entries = parse_producer_snapshot(bytes);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    clear(end);
    for (ProducerEntry& entry : *entries) {
        if (expired(entry, now)) {
            continue;
        }
        if (entry.transaction_first_offset) {
            open_.insert_or_assign(*entry.transaction_first_offset, entry.producer);
        }
        producers_.insert_or_assign(entry.producer, std::move(entry));
    }
    return {};
}

}  // namespace barnabas
