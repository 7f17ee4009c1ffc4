#include "log/transaction_fates.h"

#include "model/record.h"

namespace barnabas {

namespace {

enum class ControlType : std::int16_t { abort = 0, commit = 1 };

/// The type in a control batch's first record, nothing when the batch has no record any more.
Expected<std::optional<ControlType>> control_type(const RecordBatchView& batch) {
    auto reader = RecordReader::open(batch);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    const auto record = reader->next();
    if (!record) {
        return std::unexpected(record.error());
    }
    if (!*record) {
        return std::nullopt;
    }
    constexpr std::size_t type_at = 2, key_size = 4;  // after the key's version
    const auto& key = (*record)->key;
    if (!key || key->size() < key_size) {
        return fail(ErrorCode::corrupt_message, "a control record without a type");
    }
    return ControlType{load_big_endian<std::int16_t>(key->data() + type_at)};
}

}  // namespace

void TransactionFates::expect(const std::vector<AbortedTransaction>& aborted) {
    for (const AbortedTransaction& transaction : aborted) {
        to_come_.emplace(transaction.first_offset, transaction);
    }
}

bool TransactionFates::is_aborted(const RecordBatchView& batch) {
    begin_aborted_up_to(batch.last_offset());
    if (!batch.is_transactional()) {
        return false;
    }
    const auto aborted = aborted_.find(batch.producer_id());
    if (aborted == aborted_.end()) {
        committed_.insert(batch.producer_id());
        return false;
    }
    aborted->second.seen = true;
    return true;
}

Expected<TransactionFates::Marker> TransactionFates::marker(const RecordBatchView& batch) {
    begin_aborted_up_to(batch.last_offset());
    const auto type = control_type(batch);
    if (!type) {
        return std::unexpected(type.error());
    }
    if (!*type) {
        return Marker{.empty = true};
    }
    switch (**type) {
        case ControlType::abort: {
            const auto aborted = aborted_.extract(batch.producer_id());
            if (aborted.empty() || !aborted.mapped().seen) {
                return Marker{.empty = true};
            }
            return Marker{.empty = false, .aborted = aborted.mapped().transaction};
        }
        case ControlType::commit:
            return Marker{.empty = committed_.erase(batch.producer_id()) == 0};
    }
    return Marker{};
}

void TransactionFates::begin_aborted_up_to(Offset offset) {
    while (!to_come_.empty() && to_come_.begin()->first <= offset) {
        const AbortedTransaction& transaction = to_come_.begin()->second;
        aborted_.try_emplace(transaction.producer, Aborted{transaction});
        to_come_.erase(to_come_.begin());
    }
}

}  // namespace barnabas
