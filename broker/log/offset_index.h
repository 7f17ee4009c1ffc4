#pragma once

#include "log/index_file.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

/// `.index`: for about every `index.interval.bytes` of a segment, the last offset of a batch and the byte where that
/// batch begins. Entries are 8 bytes: the offset less the segment's base, and the byte, both 32 bits, increasing.
/// One writer; readers on any thread.
class OffsetIndex {
public:
    struct Entry {
        Offset offset;
        std::int32_t position = 0;
        bool operator==(const Entry&) const = default;
    };

    static constexpr std::size_t entry_size = 8;

    static IoResult<std::unique_ptr<OffsetIndex>> open(
        FileSystem& files, const std::string& path, Offset base, Presence presence
    );

    /// What is wrong with the entries of a segment whose log file has `log_bytes`, as far as the last one tells.
    [[nodiscard]] IoResult<std::optional<std::string>> fault(std::int64_t log_bytes) const;

    IoResult<void> append(Offset offset, std::int64_t position);

    /// The last entry at or below `offset`: where to begin looking for it. {base, 0} without one.
    [[nodiscard]] IoResult<Entry> find(Offset offset) const;

    /// The last entry whose batch begins at or before the byte `position`.
    [[nodiscard]] IoResult<Entry> find_position(std::int64_t position) const;

    /// Drops the entries at and above `offset`.
    IoResult<void> truncate_to(Offset offset);

    [[nodiscard]] std::int64_t count() const { return file_->count(); }
    [[nodiscard]] IndexFile& file() { return *file_; }
    [[nodiscard]] const IndexFile& file() const { return *file_; }

private:
    OffsetIndex(std::unique_ptr<IndexFile> file, Offset base) : file_(std::move(file)), base_(base) {}

    [[nodiscard]] Entry decode(const std::byte* entry) const;
    [[nodiscard]] IoResult<Entry> entry_at(IoResult<std::int64_t> slot) const;

    std::unique_ptr<IndexFile> file_;
    Offset base_;
};

}  // namespace barnabas
