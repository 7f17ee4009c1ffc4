#include "cli/dump_batches.h"

#include <fmt/format.h>

#include "cli/tool.h"
#include "protocol/message_table.h"

namespace barnabas {

namespace {

constexpr std::string_view codec_names[] = {"none", "gzip", "snappy", "lz4", "zstd"};

std::string_view timestamp_name(RecordBatchView batch) {
    return batch.timestamp_type() == TimestampType::create_time ? "CreateTime" : "LogAppendTime";
}

std::int64_t milliseconds(Timestamp timestamp) {
    return timestamp.time_since_epoch().count();
}

std::string size_text(const std::optional<BytesView>& bytes) {
    return bytes ? std::to_string(bytes->size()) : "-1";
}

/// The message of a control record as JSON. Its first field is its version.
std::string control_json(std::string_view message, BytesView value) {
    if (value.size() < 2) {
        return "{}";
    }
    const auto found = std::ranges::find(message_table(), message, &JsonMessage::name);
    const auto json = found->to_json(value, load_big_endian<std::int16_t>(value.data()));
    return json ? boost::json::serialize(*json) : json.error().detail;
}

/// What a control record says, by the type in its key.
std::string control_text(const RecordView& record) {
    if (!record.key || record.key->size() < 4) {
        return " controlType: unreadable";
    }
    const auto type = load_big_endian<std::int16_t>(record.key->data() + 2);
    const BytesView value = record.value.value_or(BytesView());
    switch (type) {
        case 0:
        case 1:
            return fmt::format(
                " endTxnMarker: {} coordinatorEpoch: {}", type == 0 ? "ABORT" : "COMMIT",
                value.size() >= 6 ? load_big_endian<std::int32_t>(value.data() + 2) : -1
            );
        case 2:
            return " LeaderChange: " + control_json("LeaderChangeMessage", value);
        case 3:
            return " SnapshotHeader " + control_json("SnapshotHeaderRecord", value);
        case 4:
            return " SnapshotFooter " + control_json("SnapshotFooterRecord", value);
        case 5:
            return " KRaftVersion " + control_json("KRaftVersionRecord", value);
        case 6:
            return " KRaftVoters " + control_json("VotersRecord", value);
        default:
            return fmt::format(" controlType: UNKNOWN({})", type);
    }
}

std::int64_t sequence_of(RecordBatchView batch, const RecordView& record) {
    const std::int64_t base = batch.base_sequence();
    // Sequences wrap from 2^31-1 to 0.
    return base < 0 ? -1 : (base + (record.offset - batch.base_offset())) & INT32_MAX;
}

std::string metadata_text(RecordBatchView batch, const RecordView& record) {
    std::vector<std::string> keys;
    for (const HeaderView& header : record.headers()) {
        keys.emplace_back(header.key);
    }
    return fmt::format(
        "| offset: {} {}: {} keySize: {} valueSize: {} sequence: {} headerKeys: [{}]{}", record.offset.value,
        timestamp_name(batch), milliseconds(record.timestamp), size_text(record.key), size_text(record.value),
        sequence_of(batch, record), join(keys, ","), batch.is_control() ? control_text(record) : ""
    );
}

std::string record_line(RecordBatchView batch, const RecordView& record, const DumpOptions& options) {
    std::string line = options.metadata ? metadata_text(batch, record) : "";
    if (options.contents && !batch.is_control()) {
        const DumpedRecord decoded = options.decode(record);
        for (const auto& [title, text] : {std::pair("key: ", decoded.key), std::pair("payload: ", decoded.payload)}) {
            if (text) {
                line += (line.empty() ? "| " : " ") + (title + *text);
            }
        }
    }
    return line + '\n';
}

/// Whether there are only zeros where a batch would begin: a log that grows, or that was preallocated, has room there.
bool is_unused(BytesView head) {
    return std::ranges::all_of(head, [](std::byte each) { return each == std::byte{0}; });
}

/// How many bytes behind the last batch are neither a batch nor unused.
std::int64_t invalid_bytes(const File& file, std::int64_t position, std::int64_t size) {
    Bytes head(std::min<std::size_t>(batch_layout::crc, static_cast<std::size_t>(size - position)));
    return file.read_at(position, head) && is_unused(head) ? 0 : size - position;
}

}  // namespace

std::expected<std::optional<Bytes>, std::string> read_batch(const File& file, std::int64_t position, std::int64_t end) {
    constexpr auto least = static_cast<std::int64_t>(batch_layout::crc);
    std::byte head[batch_layout::crc];
    if (position + least > end) {
        return std::nullopt;
    }
    const auto got = file.read_at(position, head);
    if (!got) {
        return std::unexpected(got.error().text());
    }
    const std::int64_t size = std::int64_t{load_big_endian<std::int32_t>(head + batch_layout::batch_length)} +
                              static_cast<std::int64_t>(batch_layout::overhead);
    if (*got < sizeof head || position + size > end || is_unused(head)) {
        return std::nullopt;
    }
    if (size < static_cast<std::int64_t>(batch_layout::records)) {
        return std::unexpected(
            fmt::format("a batch of {} bytes at position {} of {} is impossible", size, position, file.path())
        );
    }
    Bytes bytes(static_cast<std::size_t>(size));
    const auto all = file.read_at(position, bytes);
    if (!all || *all < bytes.size()) {
        return std::unexpected(all ? file.path() + " shrinks while it is read" : all.error().text());
    }
    if (const auto parsed = RecordBatchView::parse(bytes); !parsed) {
        return std::unexpected(fmt::format("position {} of {}: {}", position, file.path(), parsed.error().detail));
    }
    return bytes;
}

std::string batch_line(RecordBatchView batch, std::int64_t position) {
    const auto codec = batch.compression();
    return fmt::format(
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} producerEpoch: {} "
        "partitionLeaderEpoch: {} isTransactional: {} isControl: {} deleteHorizonMs: {} position: {} {}: {} size: {} "
        "magic: {} compresscodec: {} crc: {} isvalid: {}\n",
        batch.base_offset().value, batch.last_offset().value, batch.record_count(), batch.base_sequence(),
        batch.base_sequence() < 0 ? -1 : batch.last_sequence(), batch.producer_id().value, batch.producer_epoch().value,
        batch.leader_epoch().value, batch.is_transactional(), batch.is_control(),
        batch.has_delete_horizon() ? fmt::format("OptionalLong[{}]", milliseconds(batch.base_timestamp()))
                                   : "OptionalLong.empty",
        position, timestamp_name(batch), milliseconds(batch.max_timestamp()), batch.size(), batch.magic(),
        codec ? codec_names[static_cast<std::size_t>(*codec)] : "unknown", batch.crc(), batch.crc_matches()
    );
}

std::expected<void, std::string> dump_batches(const File& file, const DumpOptions& options) {
    const auto size = file.size();
    if (!size) {
        return std::unexpected(size.error().text());
    }
    const std::int64_t end = std::min(*size, options.max_bytes);
    std::int64_t position = 0;
    std::optional<Offset> last;
    std::string gaps;
    while (true) {
        const auto bytes = read_batch(file, position, end);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        if (!*bytes) {
            break;
        }
        const RecordBatchView batch(**bytes);
        print(batch_line(batch, position));
        const auto walked = !options.records ? Expected<void>() : for_each_record(batch, [&](const RecordView& record) {
            if (last && record.offset != *last + 1) {
                gaps.insert(0, fmt::format("  {} is followed by {}\n", last->value, record.offset.value));
            }
            last = record.offset;
            print(record_line(batch, record, options));
            return true;
        });
        if (!walked) {
            return std::unexpected(fmt::format("position {} of {}: {}", position, file.path(), walked.error().detail));
        }
        position += static_cast<std::int64_t>(batch.size());
    }
    if (const auto invalid = invalid_bytes(file, position, *size); invalid > 0 && options.max_bytes == INT32_MAX) {
        const std::string name = file.path().substr(file.path().rfind('/') + 1);
        print(fmt::format("Found {} invalid bytes at the end of {}\n", invalid, name));
    }
    if (!gaps.empty()) {
        complain(fmt::format("Non-consecutive offsets in {}\n{}", file.path(), gaps.substr(0, gaps.size() - 1)));
    }
    return {};
}

}  // namespace barnabas
