#include "raft/control_record.h"

#include "common/check.h"

namespace barnabas {

namespace {

constexpr std::size_t key_bytes = 4;  // version and type

template <Message M>
ControlRecord control_record(ControlType type, const M& record) {
    return {type, encode(record, 0)};
}

Expected<ControlRecordView> view_of(const RecordView& record) {
    if (!record.key || record.key->size() < key_bytes || !record.value) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format("the control record at offset {} has no type or no value", record.offset.value)
        );
    }
    const auto type = static_cast<ControlType>(load_big_endian<std::int16_t>(record.key->data() + 2));
    return ControlRecordView{record.offset, type, *record.value};
}

}  // namespace

ControlRecord ControlRecord::of(const LeaderChangeMessage& record) {
    return control_record(ControlType::leader_change, record);
}
ControlRecord ControlRecord::of(const SnapshotHeaderRecord& record) {
    return control_record(ControlType::snapshot_header, record);
}
ControlRecord ControlRecord::of(const SnapshotFooterRecord& record) {
    return control_record(ControlType::snapshot_footer, record);
}
ControlRecord ControlRecord::of(const KRaftVersionRecord& record) {
    return control_record(ControlType::kraft_version, record);
}
ControlRecord ControlRecord::of(const VotersRecord& record) {
    return control_record(ControlType::voters, record);
}

void append_control(RecordBatchBuilder& builder, Timestamp timestamp, const ControlRecord& record) {
    Bytes key(key_bytes);
    store_big_endian(key.data() + 2, static_cast<std::int16_t>(record.type));
    builder.append(timestamp, BytesView(key), BytesView(record.value));
}

Expected<std::vector<ControlRecordView>> control_records(RecordBatchView batch) {
    if (batch.compression() != Compression::none) {
        // Its records would be views of bytes that nobody keeps.
        return fail(ErrorCode::corrupt_message, "a control batch is compressed");
    }
    auto reader = RecordReader::open(batch);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    std::vector<ControlRecordView> records;
    while (true) {
        const auto record = reader->next();
        if (!record) {
            return fail(ErrorCode::corrupt_message, record.error().detail);
        }
        if (!*record) {
            return records;
        }
        auto view = view_of(**record);
        if (!view) {
            return std::unexpected(std::move(view).error());
        }
        records.push_back(*view);
    }
}

}  // namespace barnabas
