#include "log/offset_index.h"

#include <fmt/format.h>

#include <array>

#include "common/big_endian.h"

namespace barnabas {

IoResult<std::unique_ptr<OffsetIndex>> OffsetIndex::open(
    FileSystem& files, const std::string& path, Offset base, Presence presence
) {
    auto file = IndexFile::open(files, path, entry_size, presence);
    if (!file) {
        return std::unexpected(file.error());
    }
    return std::unique_ptr<OffsetIndex>(new OffsetIndex(*std::move(file), base));
}

IoResult<std::optional<std::string>> OffsetIndex::fault(std::int64_t log_bytes) const {
    if (count() == 0) {
        return std::nullopt;
    }
    const auto bytes = file_->entry(count() - 1);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const Entry last = decode(bytes->data());
    if (last.offset < base_ || (count() > 1 && last.offset == base_)) {
        return fmt::format("its last entry has offset {}, the segment begins at {}", last.offset.value, base_.value);
    }
    if (last.position < 0 || last.position >= log_bytes) {
        return fmt::format("its last entry points to byte {} of {}", last.position, log_bytes);
    }
    return std::nullopt;
}

IoResult<void> OffsetIndex::append(Offset offset, std::int64_t position) {
    std::array<std::byte, entry_size> entry;
    store_big_endian(entry.data(), static_cast<std::int32_t>(offset - base_));
    store_big_endian(entry.data() + 4, static_cast<std::int32_t>(position));
    return file_->append(entry);
}

IoResult<OffsetIndex::Entry> OffsetIndex::find(Offset offset) const {
    return entry_at(file_->last_slot([&](const std::byte* entry) { return decode(entry).offset <= offset; }));
}

IoResult<OffsetIndex::Entry> OffsetIndex::find_position(std::int64_t position) const {
    return entry_at(file_->last_slot([&](const std::byte* entry) { return decode(entry).position <= position; }));
}

IoResult<void> OffsetIndex::truncate_to(Offset offset) {
    const auto slot = file_->last_slot([&](const std::byte* entry) { return decode(entry).offset < offset; });
    return slot ? file_->truncate(*slot + 1) : std::unexpected(slot.error());
}

IoResult<OffsetIndex::Entry> OffsetIndex::entry_at(IoResult<std::int64_t> slot) const {
    if (!slot) {
        return std::unexpected(slot.error());
    }
    if (*slot < 0) {
        return Entry{base_, 0};
    }
    const auto bytes = file_->entry(*slot);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    return decode(bytes->data());
}

OffsetIndex::Entry OffsetIndex::decode(const std::byte* entry) const {
    return {base_ + load_big_endian<std::int32_t>(entry), load_big_endian<std::int32_t>(entry + 4)};
}

}  // namespace barnabas
