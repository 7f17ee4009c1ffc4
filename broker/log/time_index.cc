#include "log/time_index.h"

#include <fmt/format.h>

#include <array>

#include "common/big_endian.h"

namespace barnabas {

TimeIndex::TimeIndex(std::unique_ptr<IndexFile> file, Offset base)
    : file_(std::move(file)), base_(base), last_{no_timestamp, base} {}

IoResult<std::unique_ptr<TimeIndex>> TimeIndex::open(
    FileSystem& files, const std::string& path, Offset base, Presence presence
) {
    auto file = IndexFile::open(files, path, entry_size, presence);
    if (!file) {
        return std::unexpected(file.error());
    }
    std::unique_ptr<TimeIndex> index(new TimeIndex(*std::move(file), base));
    if (auto loaded = index->reload_last(); !loaded) {
        return std::unexpected(loaded.error());
    }
    return index;
}

IoResult<std::optional<std::string>> TimeIndex::fault() const {
    if (count() == 0) {
        return std::nullopt;
    }
    const auto bytes = file_->entry(0);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const TimestampOffset first = decode(bytes->data());
    if (count() > 1 && last_.timestamp <= first.timestamp) {
        return fmt::format(
            "its last timestamp {} is not above its first {}", last_.timestamp.time_since_epoch().count(),
            first.timestamp.time_since_epoch().count()
        );
    }
    if (last_.offset < base_) {
        return fmt::format("its last entry has offset {}, the segment begins at {}", last_.offset.value, base_.value);
    }
    return std::nullopt;
}

IoResult<void> TimeIndex::append_if_later(TimestampOffset added) {
    if (added.timestamp <= last_.timestamp) {
        return {};
    }
    std::array<std::byte, entry_size> entry;
    store_big_endian<std::int64_t>(entry.data(), added.timestamp.time_since_epoch().count());
    store_big_endian(entry.data() + 8, static_cast<std::int32_t>(added.offset - base_));
    last_ = added;
    return file_->append(entry);
}

IoResult<TimestampOffset> TimeIndex::find(Timestamp timestamp) const {
    const auto slot = file_->last_slot([&](const std::byte* entry) { return decode(entry).timestamp <= timestamp; });
    if (!slot || *slot < 0) {
        return slot ? IoResult<TimestampOffset>({no_timestamp, base_}) : std::unexpected(slot.error());
    }
    const auto bytes = file_->entry(*slot);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    return decode(bytes->data());
}

IoResult<void> TimeIndex::truncate_to(Offset offset) {
    const auto slot = file_->last_slot([&](const std::byte* entry) { return decode(entry).offset < offset; });
    if (!slot) {
        return std::unexpected(slot.error());
    }
    if (auto cut = file_->truncate(*slot + 1); !cut) {
        return cut;
    }
    return reload_last();
}

IoResult<void> TimeIndex::reload_last() {
    last_ = {no_timestamp, base_};
    if (count() > 0) {
        const auto bytes = file_->entry(count() - 1);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        last_ = decode(bytes->data());
    }
    return {};
}

TimestampOffset TimeIndex::decode(const std::byte* entry) const {
    return {
        Timestamp(std::chrono::milliseconds(load_big_endian<std::int64_t>(entry))),
        base_ + load_big_endian<std::int32_t>(entry + 8)
    };
}

}  // namespace barnabas
