#include "log/batch_validation.h"

#include <fmt/format.h>

#include "log/record_walk.h"
#include "model/record_batch_builder.h"

namespace barnabas {

namespace {

using Outcome = std::expected<void, AppendFailure>;

std::unexpected<AppendFailure> refuse(ErrorCode code, std::string words) {
    return std::unexpected(AppendFailure{{code, std::move(words)}, {}});
}

Compression target_codec(CompressionSetting setting, Compression source) {
    switch (setting) {
        case CompressionSetting::producer:
            return source;
        case CompressionSetting::uncompressed:
            return Compression::none;
        case CompressionSetting::gzip:
            return Compression::gzip;
        case CompressionSetting::snappy:
            return Compression::snappy;
        case CompressionSetting::lz4:
            return Compression::lz4;
        case CompressionSetting::zstd:
            return Compression::zstd;
    }
    return source;
}

std::optional<int> level_of(const TopicConfig& config, Compression codec) {
    switch (codec) {
        case Compression::gzip:
            // -1 is zlib's own default.
            return config.compression_gzip_level == -1 ? std::nullopt : std::optional(config.compression_gzip_level);
        case Compression::lz4:
            return config.compression_lz4_level;
        case Compression::zstd:
            return config.compression_zstd_level;
        default:
            return std::nullopt;
    }
}

Outcome check_header(RecordBatchView batch, const ValidationRules& rules) {
    if (rules.origin != AppendOrigin::client) {
        return {};
    }
    if (batch.base_offset() != Offset{0}) {
        return refuse(
            ErrorCode::invalid_record,
            fmt::format(
                "The baseOffset of the record batch in the append to {} should be 0, but it is {}", rules.partition,
                batch.base_offset().value
            )
        );
    }
    if (batch.last_offset_delta() < 0) {
        return refuse(
            ErrorCode::invalid_record, fmt::format(
                                           "Batch has an invalid offset range: [{}, {}] in topic partition {}",
                                           batch.base_offset().value, batch.last_offset().value, rules.partition
                                       )
        );
    }
    if (batch.record_count() <= 0) {
        return refuse(
            ErrorCode::invalid_record, fmt::format(
                                           "Invalid reported count for record batch: {} in topic partition {}",
                                           batch.record_count(), rules.partition
                                       )
        );
    }
    if (batch.last_offset_delta() != batch.record_count() - 1) {
        return refuse(
            ErrorCode::invalid_record,
            fmt::format(
                "Inconsistent batch offset range [{}, {}] and count of records {} in topic partition {}",
                batch.base_offset().value, batch.last_offset().value, batch.record_count(), rules.partition
            )
        );
    }
    if (batch.is_control()) {
        return refuse(
            ErrorCode::invalid_record,
            fmt::format("Clients are not allowed to write control records in topic partition {}", rules.partition)
        );
    }
    if (batch.has_producer() && batch.base_sequence() < 0) {
        return refuse(
            ErrorCode::invalid_record,
            fmt::format(
                "Invalid sequence number {} in record batch with producerId {} in topic partition {}",
                batch.base_sequence(), batch.producer_id().value, rules.partition
            )
        );
    }
    return {};
}

Outcome check_size_and_crc(RecordBatchView batch, const ValidationRules& rules) {
    if (!rules.any_size && batch.size() > static_cast<std::size_t>(rules.config.max_message_bytes)) {
        return refuse(
            ErrorCode::message_too_large,
            fmt::format(
                "The record batch size in the append to {} is {} bytes which exceeds the maximum configured value of "
                "{}.",
                rules.partition, batch.size(), rules.config.max_message_bytes
            )
        );
    }
    if (!batch.crc_matches()) {
        return refuse(
            ErrorCode::corrupt_message,
            fmt::format("Record is corrupt (stored crc = {}) in topic partition {}.", batch.crc(), rules.partition)
        );
    }
    return {};
}

/// What the topic asks of every record of the batch.
UsualRecord usual_record(RecordBatchView batch, const ValidationRules& rules) {
    const auto moment = [](std::int64_t count) { return Timestamp(std::chrono::milliseconds(count)); };
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    UsualRecord usual{
        .has_key = rules.config.cleanup_policy.compacts && !batch.is_control(),
        .earliest = moment(std::numeric_limits<std::int64_t>::min()),
        .latest = moment(most),
    };
    if (rules.config.message_timestamp_type == TimestampType::create_time) {
        const std::int64_t now = rules.now.time_since_epoch().count();
        const std::int64_t before = rules.config.message_timestamp_before_max_ms.count();
        const std::int64_t after = rules.config.message_timestamp_after_max_ms.count();
        usual.earliest = moment(now - before);
        usual.latest = moment(after > most - now ? most : now + after);
    }
    return usual;
}

/// What is wrong with a record by the topic's rules; the code is in `code`.
std::optional<std::string> fault_of(
    const RecordView& record, RecordBatchView batch, const UsualRecord& usual, const ValidationRules& rules,
    ErrorCode& code
) {
    if (usual.has_key && !record.key) {
        return fmt::format("Compacted topic cannot accept message without key in topic partition {}", rules.partition);
    }
    if (rules.config.message_timestamp_type == TimestampType::create_time && record.timestamp != no_timestamp) {
        if (record.timestamp < usual.earliest || record.timestamp > usual.latest) {
            code = ErrorCode::invalid_timestamp;
            const std::int64_t now = rules.now.time_since_epoch().count();
            return fmt::format(
                "Timestamp {} of message with offset {} is out of range. The timestamp should be within [{}, {}]",
                record.timestamp.time_since_epoch().count(), record.offset.value,
                now - rules.config.message_timestamp_before_max_ms.count(),
                now + rules.config.message_timestamp_after_max_ms.count()
            );
        }
    } else if (batch.timestamp_type() == TimestampType::log_append_time) {
        code = ErrorCode::invalid_timestamp;
        return "Invalid timestamp type. Producer should not set timestamp type to LogAppendTime.";
    }
    return std::nullopt;
}

AppendFailure record_failure(ErrorCode code, std::vector<RecordError> records) {
    std::string words = code == ErrorCode::invalid_timestamp
                            ? "One or more records have been rejected due to invalid timestamp"
                            : fmt::format(
                                  "One or more records have been rejected due to {} record errors in total, the first: "
                                  "{}",
                                  records.size(), records.front().message
                              );
    return {{code, std::move(words)}, std::move(records)};
}

std::expected<RecordsSeen, AppendFailure> check_records(RecordBatchView batch, const ValidationRules& rules) {
    auto reader = RecordReader::open(batch, most_decompressed_bytes);
    if (!reader) {
        // Kafka has no better code for it; a client does not try again.
        return refuse(ErrorCode::unknown_server_error, reader.error().detail);
    }
    const UsualRecord usual = usual_record(batch, rules);
    if (batch.timestamp_type() == TimestampType::create_time) {
        if (const auto seen = walk_over_records(batch, reader->rest(), usual)) {
            return *seen;
        }
    }
    RecordsSeen seen;
    std::vector<RecordError> faults;
    ErrorCode code = ErrorCode::invalid_record;
    RecordView record;
    for (std::int32_t index = 0;; ++index) {
        const auto more = reader->next(record);
        if (!more) {
            return std::unexpected(AppendFailure{more.error(), {}});
        }
        if (!*more) {
            break;
        }
        seen.largest = std::max(seen.largest, record.timestamp);
        seen.offsets_in_sequence &= record.offset == batch.base_offset() + index;
        if (auto fault = fault_of(record, batch, usual, rules, code)) {
            faults.push_back({index, *std::move(fault)});
        }
    }
    if (!faults.empty()) {
        return std::unexpected(record_failure(code, std::move(faults)));
    }
    return seen;
}

/// The batch written anew in another codec, its records numbered without gaps.
Expected<Bytes> rebuild(RecordBatchView batch, Compression codec, const ValidationRules& rules) {
    RecordBatchBuilder builder({
        .base_offset = {0},
        .compression = codec,
        .level = level_of(rules.config, codec),
        .producer_id = batch.producer_id(),
        .producer_epoch = batch.producer_epoch(),
        .base_sequence = batch.base_sequence(),
        .transactional = batch.is_transactional(),
        .control = batch.is_control(),
    });
    auto reader = RecordReader::open(batch, most_decompressed_bytes);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    while (true) {
        const auto record = reader->next();
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!*record) {
            return builder.finish();
        }
        const RecordView& each = **record;
        builder.append_at(Offset{builder.record_count()}, each.timestamp, each.key, each.value, each.headers());
    }
}

/// The whole batches at the front of `bytes`; an error where the next one is impossible rather than cut off.
std::expected<MutableBytes, AppendFailure> whole_batches(MutableBytes bytes) {
    std::size_t end = 0;
    while (bytes.size() - end > batch_layout::magic) {
        const BytesView rest = bytes.subspan(end);
        const auto length = load_big_endian<std::int32_t>(rest.data() + batch_layout::batch_length);
        if (length >= 0 && rest.size() - batch_layout::overhead < static_cast<std::size_t>(length)) {
            break;
        }
        const auto batch = RecordBatchView::parse(rest);
        if (!batch) {
            return std::unexpected(AppendFailure{batch.error(), {}});
        }
        end += batch->size();
    }
    return bytes.first(end);
}

}  // namespace

std::expected<ValidatedBatches, AppendFailure> validate(MutableBytes batches, const ValidationRules& rules) {
    auto whole = whole_batches(batches);
    if (!whole) {
        if (whole.error().error.code == ErrorCode::unsupported_for_message_format) {
            whole.error().error.code = ErrorCode::invalid_record;  // as Produce answers it
        }
        return std::unexpected(whole.error());
    }
    if (whole->empty() && rules.origin == AppendOrigin::client) {
        return refuse(
            ErrorCode::invalid_record, "Produce requests must have at least one record batch for a partition"
        );
    }
    ValidatedBatches result{
        .origin = rules.origin,
        .log_append_time = rules.config.message_timestamp_type == TimestampType::log_append_time,
    };
    bool rebuilding = false;
    for (MutableBytes rest = *whole; !rest.empty();) {
        const RecordBatchView batch(rest);
        const MutableBytes bytes = rest.first(batch.size());
        if (rules.origin == AppendOrigin::client && bytes.size() < whole->size()) {
            return refuse(ErrorCode::invalid_record, "Produce requests may hold only one batch for a partition");
        }
        if (auto checked = check_size_and_crc(batch, rules); !checked) {
            return std::unexpected(checked.error());
        }
        if (auto checked = check_header(batch, rules); !checked) {
            return std::unexpected(checked.error());
        }
        const auto seen = check_records(batch, rules);
        if (!seen) {
            return std::unexpected(seen.error());
        }
        const Compression source = batch.compression().value_or(Compression::none);
        const Compression target = batch.is_control() ? source : target_codec(rules.config.compression_type, source);
        const bool anew = target != source;
        if (!anew && source != Compression::none && !seen->offsets_in_sequence) {
            return refuse(
                ErrorCode::unknown_server_error,
                fmt::format("The records of a compressed batch are not numbered in order in {}", rules.partition)
            );
        }
        if (anew && !rebuilding) {
            rebuilding = true;
            result.rebuilt.assign(whole->data(), bytes.data());
        }
        const std::size_t at = result.rebuilt.size();
        if (anew) {
            const auto written = rebuild(batch, target, rules);
            if (!written) {
                return std::unexpected(AppendFailure{written.error(), {}});
            }
            if (auto checked = check_size_and_crc(RecordBatchView(*written), rules); !checked) {
                return std::unexpected(checked.error());
            }
            result.rebuilt.insert(result.rebuilt.end(), written->begin(), written->end());
        } else if (rebuilding) {
            result.rebuilt.insert(result.rebuilt.end(), bytes.begin(), bytes.end());
        }
        const MutableBytes valid = rebuilding ? MutableBytes(result.rebuilt).subspan(at) : bytes;
        if (!result.log_append_time) {
            set_max_timestamp(valid, TimestampType::create_time, seen->largest);
        }
        result.records += RecordBatchView(valid).record_count();
        result.largest = std::max(result.largest, seen->largest);
        rest = rest.subspan(bytes.size());
    }
    result.bytes = rebuilding ? MutableBytes(result.rebuilt) : *whole;
    return result;
}

void place(ValidatedBatches& batches, Offset first, LeaderEpoch epoch, Timestamp now) {
    Offset next = first;
    for (MutableBytes rest = batches.bytes; !rest.empty();) {
        const MutableBytes batch = rest.first(RecordBatchView(rest).size());
        if (batches.log_append_time) {
            set_max_timestamp(batch, TimestampType::log_append_time, now);
        }
        set_base_offset(batch, next);
        set_leader_epoch(batch, epoch);
        next = RecordBatchView(batch).next_offset();
        rest = rest.subspan(batch.size());
    }
    batches.first = first;
    batches.last = next - 1;
    if (batches.log_append_time) {
        batches.largest = now;
    }
}

}  // namespace barnabas
