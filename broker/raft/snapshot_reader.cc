#include "raft/snapshot_reader.h"

#include "raft/control_record.h"

namespace barnabas {

namespace {

std::unexpected<Error> corrupt(std::int64_t position, std::string_view what) {
    return fail(ErrorCode::corrupt_message, fmt::format("the snapshot is damaged at byte {}: {}", position, what));
}

}  // namespace

Expected<SnapshotReader> SnapshotReader::open(FileSystem& files, const std::string& path, const SnapshotId& id) {
    auto file = files.open(path, OpenFor::read);
    if (!file) {
        return storage_failure(file.error());
    }
    const auto size = (*file)->size();
    if (!size) {
        return storage_failure(size.error());
    }
    SnapshotReader reader(*std::move(file), {}, *size, id);
    if (const auto header = reader.read_header(); !header) {
        return std::unexpected(header.error());
    }
    return reader;
}

Expected<SnapshotReader> SnapshotReader::of(Bytes bytes, const SnapshotId& id) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    SnapshotReader reader(nullptr, std::move(bytes), size, id);
    if (const auto header = reader.read_header(); !header) {
        return std::unexpected(header.error());
    }
    return reader;
}

Expected<void> SnapshotReader::read_header() {
    const auto batch = take_batch();
    if (!batch) {
        return std::unexpected(batch.error());
    }
    if (!batch->is_control()) {
        return corrupt(0, "it does not begin with a header");
    }
    if (const auto read = read_control(*batch); !read) {
        return read;
    }
    return header_ ? Expected<void>() : corrupt(0, "it does not begin with a header");
}

Expected<std::optional<std::vector<BytesView>>> SnapshotReader::next() {
    if (footer_) {
        return std::nullopt;
    }
    const auto batch = take_batch();
    if (!batch) {
        return std::unexpected(batch.error());
    }
    std::vector<BytesView> values;
    if (batch->is_control()) {
        const auto read = read_control(*batch);
        return read ? Expected<std::optional<std::vector<BytesView>>>(std::move(values))
                    : std::unexpected(read.error());
    }
    auto records = RecordReader::open(*batch);
    if (!records) {
        return corrupt(position_, records.error().detail);
    }
    records_ = *std::move(records);
    while (true) {
        const auto record = records_->next();
        if (!record) {
            return corrupt(position_, record.error().detail);
        }
        if (!*record) {
            return values;
        }
        if (!(*record)->value) {
            return corrupt(position_, "a record has no value");
        }
        values.push_back(*(*record)->value);
    }
}

Expected<RecordBatchView> SnapshotReader::take_batch() {
    if (position_ >= size_) {
        return corrupt(position_, "it ends before its footer");
    }
    const auto length_field = bytes_at(position_, static_cast<std::int64_t>(batch_layout::overhead));
    if (!length_field) {
        return std::unexpected(length_field.error());
    }
    const std::int64_t length = static_cast<std::int64_t>(batch_layout::overhead) +
                                load_big_endian<std::int32_t>(length_field->data() + batch_layout::batch_length);
    if (length < static_cast<std::int64_t>(batch_layout::records) || length > size_ - position_) {
        return corrupt(position_, "a batch has an impossible length");
    }
    const auto bytes = bytes_at(position_, length);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto batch = RecordBatchView::parse(*bytes);
    if (!batch) {
        return corrupt(position_, batch.error().detail);
    }
    if (!batch->crc_matches()) {
        return corrupt(position_, "a batch does not match its checksum");
    }
    position_ += length;
    return batch;
}

Expected<BytesView> SnapshotReader::bytes_at(std::int64_t position, std::int64_t length) {
    if (length > size_ - position) {
        return corrupt(position, "it is cut off");
    }
    if (file_ == nullptr) {
        return BytesView(memory_).subspan(static_cast<std::size_t>(position), static_cast<std::size_t>(length));
    }
    buffer_.resize(static_cast<std::size_t>(length));
    const auto read = file_->read_at(position, buffer_);
    if (!read) {
        return storage_failure(read.error());
    }
    if (*read < buffer_.size()) {
        return corrupt(position, "it is cut off");
    }
    return BytesView(buffer_);
}

Expected<void> SnapshotReader::read_control(RecordBatchView batch) {
    const auto records = control_records(batch);
    if (!records) {
        return corrupt(position_, records.error().detail);
    }
    for (const ControlRecordView& record : *records) {
        if (!header_ && record.type != ControlType::snapshot_header) {
            return corrupt(position_, "it does not begin with a header");
        }
        if (const auto read = read_control(record); !read) {
            return corrupt(position_, read.error().detail);
        }
    }
    return {};
}

Expected<void> SnapshotReader::read_control(const ControlRecordView& record) {
    if (record.type == ControlType::snapshot_header) {
        const auto header = record.as<SnapshotHeaderRecord>();
        if (!header) {
            return std::unexpected(header.error());
        }
        header_ = true;
        last_append_ = Timestamp{std::chrono::milliseconds(header->last_contained_log_timestamp)};
    } else if (record.type == ControlType::snapshot_footer) {
        footer_ = true;
    } else if (record.type == ControlType::kraft_version) {
        const auto version = record.as<KRaftVersionRecord>();
        if (!version) {
            return std::unexpected(version.error());
        }
        kraft_version_ = version->k_raft_version;
    } else if (record.type == ControlType::voters) {
        const auto message = record.as<VotersRecord>();
        auto set = message ? VoterSet::from_record(*message) : std::unexpected(message.error());
        if (!set) {
            return std::unexpected(set.error());
        }
        voters_ = *std::move(set);
    }
    return {};
}

}  // namespace barnabas
