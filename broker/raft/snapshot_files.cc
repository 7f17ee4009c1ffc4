#include "raft/snapshot_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "raft/snapshot_name.h"

namespace barnabas {

namespace {

constexpr std::string_view advice =
    "restore the file from a copy or from another controller, or remove it if the log reaches back to an older one";

/// Reads to the end, so that every checksum was looked at.
Expected<void> verify(FileSystem& files, const std::string& path, const SnapshotId& id) {
    auto reader = SnapshotReader::open(files, path, id);
    while (reader) {
        const auto values = reader->next();
        if (!values) {
            return std::unexpected(values.error());
        }
        if (!*values) {
            return {};
        }
    }
    return std::unexpected(reader.error());
}

}  // namespace

Expected<SnapshotFiles> SnapshotFiles::open(FileSystem& files, std::string directory) {
    SnapshotFiles all(files, std::move(directory));
    const auto names = files.list(all.directory_);
    if (!names) {
        return storage_failure(names.error());
    }
    for (const std::string& name : *names) {
        if (name.ends_with(".checkpoint.part") || name.ends_with(".checkpoint.deleted")) {
            if (const auto removed = files.remove(fmt::format("{}/{}", all.directory_, name)); !removed) {
                return storage_failure(removed.error());
            }
        } else if (const auto id = parse_snapshot_file_name(name)) {
            if (const auto added = all.add(*id); !added) {
                return std::unexpected(added.error());
            }
        }
    }
    return all;
}

std::vector<SnapshotId> SnapshotFiles::ids() const {
    std::vector<SnapshotId> ids;
    for (const auto& [id, snapshot] : snapshots_) {
        ids.push_back(id);
    }
    return ids;
}

std::optional<SnapshotId> SnapshotFiles::latest() const {
    return snapshots_.empty() ? std::nullopt : std::optional(snapshots_.rbegin()->first);
}

std::string SnapshotFiles::path(const SnapshotId& id) const {
    return fmt::format("{}/{}", directory_, snapshot_file_name(id));
}

Expected<SnapshotReader> SnapshotFiles::read(const SnapshotId& id) const {
    auto reader = SnapshotReader::open(files_, path(id), id);
    if (!reader) {
        return std::unexpected(unreadable(id, reader.error()));
    }
    return reader;
}

Error SnapshotFiles::unreadable(const SnapshotId& id, const Error& error) const {
    return {error.code, fmt::format("{}: {}; {}", path(id), error.detail, advice)};
}

Expected<Bytes> SnapshotFiles::read_bytes(const SnapshotId& id, std::int64_t position, std::int64_t most) const {
    const auto found = snapshots_.find(id);
    if (found == snapshots_.end()) {
        return fail(ErrorCode::snapshot_not_found, fmt::format("there is no snapshot {}", snapshot_file_name(id)));
    }
    const std::int64_t size = found->second.bytes;
    if (position < 0 || position >= size) {
        return fail(
            ErrorCode::position_out_of_range,
            fmt::format("snapshot {} has {} bytes, none at {}", snapshot_file_name(id), size, position)
        );
    }
    auto file = files_.open(path(id), OpenFor::read);
    if (!file) {
        return storage_failure(file.error());
    }
    Bytes bytes(static_cast<std::size_t>(std::min(size - position, std::max<std::int64_t>(most, 1))));
    const auto read = (*file)->read_at(position, bytes);
    if (!read) {
        return storage_failure(read.error());
    }
    bytes.resize(*read);
    return bytes;
}

Expected<void> SnapshotFiles::add(const SnapshotId& id) {
    const auto reader = read(id);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    snapshots_.insert_or_assign(id, Snapshot{id, reader->size(), reader->last_append()});
    return {};
}

Expected<void> SnapshotFiles::store(const SnapshotId& id, std::int64_t position, BytesView bytes) {
    const std::string part = path(id) + ".part";
    if (position == 0) {
        part_.reset();
        if (const auto removed = files_.remove(part); !removed) {
            return storage_failure(removed.error());
        }
    }
    if (part_ == nullptr || part_->path() != part) {
        auto file = files_.open(part, OpenFor::write);
        if (!file) {
            return storage_failure(file.error());
        }
        part_ = *std::move(file);
    }
    const auto written = part_->write_at(position, bytes);
    return written ? Expected<void>() : storage_failure(written.error());
}

Expected<void> SnapshotFiles::finish_stored(const SnapshotId& id) {
    const std::string part = path(id) + ".part";
    if (part_ != nullptr) {
        if (const auto synced = part_->sync(); !synced) {
            return storage_failure(synced.error());
        }
        part_.reset();
    }
    if (const auto whole = verify(files_, part, id); !whole) {
        const auto removed = files_.remove(part);
        return removed ? whole : storage_failure(removed.error());
    }
    if (const auto renamed = files_.rename(part, path(id)); !renamed) {
        return storage_failure(renamed.error());
    }
    if (const auto synced = files_.sync_directory(directory_); !synced) {
        return storage_failure(synced.error());
    }
    return add(id);
}

Expected<std::vector<std::string>> SnapshotFiles::retire_before(Offset offset) {
    std::vector<std::string> retired;
    while (!snapshots_.empty() && snapshots_.begin()->first.offset < offset) {
        const std::string from = path(snapshots_.begin()->first);
        const std::string to = from + ".deleted";
        if (const auto renamed = files_.rename(from, to); !renamed) {
            return storage_failure(renamed.error());
        }
        retired.push_back(to);
        snapshots_.erase(snapshots_.begin());
    }
    return retired;
}

std::optional<Offset> retention_start(
    const std::vector<SnapshotFiles::Snapshot>& snapshots, std::int64_t log_bytes, std::int64_t most_bytes,
    std::chrono::milliseconds most_age, Timestamp now
) {
    std::int64_t bytes = log_bytes;
    for (const auto& snapshot : snapshots) {
        bytes += snapshot.bytes;
    }
    std::size_t kept = 0;
    for (; kept + 1 < snapshots.size(); ++kept) {
        const auto& oldest = snapshots[kept];
        const bool too_large = most_bytes >= 0 && bytes > most_bytes;
        const bool too_old = most_age.count() >= 0 && now - oldest.last_append > most_age;
        if (!too_large && !too_old) {
            break;
        }
        bytes -= oldest.bytes;
    }
    return kept == 0 ? std::nullopt : std::optional(snapshots[kept].id.offset);
}

}  // namespace barnabas
