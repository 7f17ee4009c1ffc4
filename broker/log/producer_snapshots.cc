#include "log/producer_snapshots.h"

#include <algorithm>

#include "common/events.h"
#include "io/whole_file.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

ProducerSnapshots::ProducerSnapshots(FileSystem& files, std::string directory, std::span<const std::string> names)
    : files_(&files), directory_(std::move(directory)) {
    for (const std::string& name : names) {
        if (const auto offset = parse_segment_file_name(name, suffix::producer_snapshot)) {
            offsets_.push_back(*offset);
        }
    }
    std::ranges::sort(offsets_);
}

std::string ProducerSnapshots::path(Offset offset) const {
    return directory_ + "/" + segment_file_name(offset, suffix::producer_snapshot);
}

Expected<void> ProducerSnapshots::write(const ProducerState& state, bool sync) {
    const auto at = std::ranges::lower_bound(offsets_, state.end());
    if (at != offsets_.end() && *at == state.end()) {
        return {};
    }
    const std::string to = path(state.end());
    const auto file = files_->open(to, OpenFor::write);
    if (!file) {
        return storage_failure(file.error());
    }
    const Bytes bytes = state.snapshot();
    const auto size = static_cast<std::int64_t>(bytes.size());
    const auto existing = (*file)->size();
    if (!existing) {
        return storage_failure(existing.error());
    }
    // Not synced while appends wait: a snapshot that a crash tore does not match its checksum and is passed over.
    auto wrote = in_order(
        [&] { return *existing > size ? (*file)->truncate(size) : IoResult<void>(); },
        [&] { return (*file)->write_at(0, bytes); }, [&] { return sync ? (*file)->sync() : IoResult<void>(); }
    );
    if (!wrote) {
        return storage_failure(wrote.error());
    }
    offsets_.insert(at, state.end());
    return {};
}

Expected<void> ProducerSnapshots::remove_if(const std::function<bool(Offset)>& chosen) {
    for (const Offset offset : std::vector(offsets_)) {
        if (!chosen(offset)) {
            continue;
        }
        if (auto removed = files_->remove(path(offset)); !removed) {
            return storage_failure(removed.error());
        }
        std::erase(offsets_, offset);
    }
    return {};
}

std::optional<std::string> ProducerSnapshots::forget(Offset offset) {
    return std::erase(offsets_, offset) == 0 ? std::nullopt : std::optional(path(offset));
}

Expected<void> ProducerSnapshots::load_latest(ProducerState& state, Offset log_start, Offset end, Timestamp now) {
    while (true) {
        const auto above = std::ranges::upper_bound(offsets_, end);
        if (above == offsets_.begin() || *std::prev(above) < log_start) {
            state.clear(log_start);
            return {};
        }
        const Offset offset = *std::prev(above);
        const auto bytes = read_whole_file(*files_, path(offset));
        if (!bytes) {
            return storage_failure(bytes.error());
        }
        if (*bytes) {
            const auto restored = state.restore(**bytes, offset, now);
            if (restored) {
                return {};
            }
            event::warn(
                "producer snapshot unreadable, an older one is used",
                {{"file", path(offset)}, {"reason", restored.error().detail}}
            );
        }
        if (auto removed = remove_if([&](Offset each) { return each == offset; }); !removed) {
            return removed;
        }
    }
}

Expected<void> ProducerSnapshots::rebuild(
    ProducerState& state, const SegmentMap& segments, Offset log_start, Offset end, Timestamp now
) {
    if (auto loaded = load_latest(state, log_start, end, now); !loaded || state.end() >= end) {
        return loaded;
    }
    auto segment = segments.upper_bound(state.end());
    if (segment != segments.begin()) {
        --segment;
    }
    for (; segment != segments.end() && segment->first < end; ++segment) {
        const auto place = segment->second->find(state.end());
        if (!place) {
            return std::unexpected(place.error());
        }
        if (!*place) {
            continue;
        }
        auto read = segment->second->for_each_batch(
            (*place)->position,
            [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
                if (batch.base_offset() >= end) {
                    return false;
                }
                const auto update = replay(state, batch);
                if (update && update->completed) {
                    state.complete(*update->completed);
                }
                return update ? Expected<bool>(true) : std::unexpected(update.error());
            }
        );
        if (!read) {
            return read;
        }
    }
    state.set_end(end);
    return {};
}

Expected<ProducerState::Update> replay(ProducerState& state, RecordBatchView batch) {
    if (!batch.has_producer()) {
        return ProducerState::Update{};
    }
    auto update = state.prepare(batch, ProducerState::Origin::replication);
    if (update) {
        state.apply(*update);
    }
    return update;
}

}  // namespace barnabas
