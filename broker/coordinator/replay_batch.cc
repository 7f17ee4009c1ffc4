#include "coordinator/replay_batch.h"

#include <fmt/format.h>

#include "common/events.h"
#include "model/record.h"

namespace barnabas {

namespace {

/// The types of control records that end transactions.
constexpr std::int16_t abort_marker = 0;
constexpr std::int16_t commit_marker = 1;

void replay_marker(GroupShard& shard, RecordBatchView batch, const RecordView& record) {
    Reader key(record.key.value_or(BytesView()));
    key.integer<std::int16_t>();  // version
    const auto type = key.integer<std::int16_t>();
    if (!key.failed() && (type == abort_marker || type == commit_marker)) {
        shard.replay_marker(batch.producer_id(), type == commit_marker);
    }
}

Expected<void> replay_record(GroupShard& shard, RecordBatchView batch, const RecordView& record) {
    if (!record.key) {
        return fail(ErrorCode::corrupt_message, "a record of __consumer_offsets has no key");
    }
    auto decoded = decode_group_record(*record.key, record.value);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    if (*decoded) {
        const ProducerId producer = batch.is_transactional() ? batch.producer_id() : no_producer;
        shard.replay(record.offset, producer, std::move(**decoded));
    } else {
        event::warn("record of an unknown type in __consumer_offsets is left alone", {{"offset", record.offset.value}});
    }
    return {};
}

}  // namespace

Expected<void> replay_batch(GroupShard& shard, RecordBatchView batch, Offset from) {
    Expected<void> result;
    const auto read = for_each_record(batch, [&](const RecordView& record) {
        if (record.offset < from) {
            return true;
        }
        if (batch.is_control()) {
            replay_marker(shard, batch, record);
        } else {
            result = replay_record(shard, batch, record);
        }
        if (!result) {
            result.error().detail += fmt::format(", at offset {}", record.offset.value);
        }
        return result.has_value();
    });
    return read ? result : read;
}

}  // namespace barnabas
