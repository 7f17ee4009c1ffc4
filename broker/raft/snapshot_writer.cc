#include "raft/snapshot_writer.h"

#include "raft/control_record.h"

namespace barnabas {

Expected<std::unique_ptr<SnapshotWriter>> SnapshotWriter::create(
    FileSystem& files, std::string path, Options options, Timestamp now
) {
    const std::string part = path + ".part";
    if (const auto removed = files.remove(part); !removed) {
        return storage_failure(removed.error());
    }
    auto file = files.open(part, OpenFor::create);
    if (!file) {
        return storage_failure(file.error());
    }
    std::unique_ptr<SnapshotWriter> writer(
        new SnapshotWriter(files, std::move(path), std::move(options), *std::move(file))
    );
    if (const auto written = writer->write_header(now); !written) {
        return std::unexpected(written.error());
    }
    return writer;
}

Expected<void> SnapshotWriter::write_header(Timestamp now) {
    RecordBatchBuilder builder = batch(true);
    SnapshotHeaderRecord header;
    header.last_contained_log_timestamp = options_.last_append.time_since_epoch().count();
    append_control(builder, now, ControlRecord::of(header));
    if (options_.kraft_version) {
        KRaftVersionRecord version;
        version.k_raft_version = *options_.kraft_version;
        append_control(builder, now, ControlRecord::of(version));
    }
    if (options_.voters) {
        append_control(builder, now, ControlRecord::of(options_.voters->record()));
    }
    return write(builder);
}

Expected<void> SnapshotWriter::append(std::span<const Bytes> values, Timestamp now) {
    RecordBatchBuilder builder = batch(false);
    for (const Bytes& value : values) {
        constexpr std::size_t record_overhead = 40;  // five varints at their longest
        if (!builder.empty() && builder.size() + value.size() + record_overhead > options_.most_batch_bytes) {
            if (const auto written = write(builder); !written) {
                return written;
            }
            builder = batch(false);
        }
        builder.append(now, std::nullopt, BytesView(value));
    }
    return builder.empty() ? Expected<void>() : write(builder);
}

Expected<void> SnapshotWriter::freeze(Timestamp now) {
    RecordBatchBuilder builder = batch(true);
    append_control(builder, now, ControlRecord::of(SnapshotFooterRecord()));
    if (const auto written = write(builder); !written) {
        return written;
    }
    if (const auto synced = file_->sync(); !synced) {
        return storage_failure(synced.error());
    }
    file_.reset();
    if (const auto renamed = files_.rename(path_ + ".part", path_); !renamed) {
        return storage_failure(renamed.error());
    }
    const std::size_t slash = path_.rfind('/');
    const auto synced = files_.sync_directory(slash == std::string::npos ? "." : path_.substr(0, slash));
    return synced ? Expected<void>() : storage_failure(synced.error());
}

RecordBatchBuilder SnapshotWriter::batch(bool control) const {
    RecordBatchBuilder::Options options;
    options.base_offset = next_;
    options.leader_epoch = options_.id.epoch;
    options.control = control;
    return RecordBatchBuilder(options);
}

Expected<void> SnapshotWriter::write(RecordBatchBuilder& builder) {
    const std::int32_t records = builder.record_count();
    const Bytes bytes = builder.finish();
    if (const auto written = file_->write_at(position_, bytes); !written) {
        return storage_failure(written.error());
    }
    position_ += static_cast<std::int64_t>(bytes.size());
    next_ = next_ + records;
    return {};
}

}  // namespace barnabas
