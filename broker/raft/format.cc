#include "raft/format.h"

#include "raft/snapshot_name.h"
#include "raft/snapshot_reader.h"
#include "raft/snapshot_writer.h"

namespace barnabas {

namespace {

Expected<void> write_checkpoint(
    FileSystem& files, const std::string& path, const SnapshotWriter::Options& options, std::span<const Bytes> values,
    Timestamp now
) {
    auto writer = SnapshotWriter::create(files, path, options, now);
    if (!writer) {
        return std::unexpected(std::move(writer).error());
    }
    if (auto written = (*writer)->append(values, now); !written) {
        return written;
    }
    return (*writer)->freeze(now);
}

}  // namespace

Expected<void> format_metadata(
    FileSystem& files, const std::string& directory, const std::optional<VoterSet>& voters,
    std::span<const Bytes> bootstrap_records, Timestamp now
) {
    const std::string log = fmt::format("{}/{}", directory, metadata_log_folder);
    if (const auto made = files.make_directories(log); !made) {
        return storage_failure(made.error());
    }
    SnapshotWriter::Options bootstrap;
    bootstrap.last_append = Timestamp{};
    const std::string path = fmt::format("{}/{}", directory, bootstrap_checkpoint_file_name);
    if (auto written = write_checkpoint(files, path, bootstrap, bootstrap_records, now); !written || !voters) {
        return written;
    }
    SnapshotWriter::Options first;
    first.last_append = now;
    first.kraft_version = std::int16_t{1};
    first.voters = voters;
    return write_checkpoint(files, fmt::format("{}/{}", log, snapshot_file_name(first.id)), first, {}, now);
}

Expected<std::optional<std::vector<Bytes>>> read_bootstrap_records(FileSystem& files, const std::string& directory) {
    const std::string path = fmt::format("{}/{}", directory, bootstrap_checkpoint_file_name);
    const auto status = files.status(path);
    if (!status) {
        return storage_failure(status.error());
    }
    if (!*status) {
        return std::nullopt;
    }
    auto reader = SnapshotReader::open(files, path, {});
    if (!reader) {
        return fail(reader.error().code, fmt::format("{}: {}", path, reader.error().detail));
    }
    std::vector<Bytes> records;
    while (true) {
        const auto values = reader->next();
        if (!values) {
            return fail(values.error().code, fmt::format("{}: {}", path, values.error().detail));
        }
        if (!*values) {
            return records;
        }
        for (const BytesView value : **values) {
            records.push_back(copy(value));
        }
    }
}

}  // namespace barnabas
