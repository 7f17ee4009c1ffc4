#pragma once

#include "log/index_file.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

/// A timestamp and the last offset of the batch that brought it.
struct TimestampOffset {
    Timestamp timestamp = no_timestamp;
    Offset offset = no_offset;
    bool operator==(const TimestampOffset&) const = default;
};

/// `.timeindex`: how the largest timestamp of a segment grew. Entries are 12 bytes: the timestamp, 64 bits, and the
/// offset less the segment's base, 32 bits; an entry says that no record up to that offset is younger.
/// One writer; readers on any thread.
class TimeIndex {
public:
    static constexpr std::size_t entry_size = 12;

    static IoResult<std::unique_ptr<TimeIndex>> open(
        FileSystem& files, const std::string& path, Offset base, Presence presence
    );

    /// What is wrong with the entries, as far as the first and the last tell.
    [[nodiscard]] IoResult<std::optional<std::string>> fault() const;

    /// Adds an entry when its timestamp is above the last one's.
    IoResult<void> append_if_later(TimestampOffset entry);

    /// {no timestamp, base} without one.
    [[nodiscard]] TimestampOffset last() const { return last_; }

    /// The last entry at or below `timestamp`; {no timestamp, base} without one.
    [[nodiscard]] IoResult<TimestampOffset> find(Timestamp timestamp) const;

    /// Drops the entries at and above `offset`.
    IoResult<void> truncate_to(Offset offset);

    [[nodiscard]] std::int64_t count() const { return file_->count(); }
    [[nodiscard]] IndexFile& file() { return *file_; }
    [[nodiscard]] const IndexFile& file() const { return *file_; }

private:
    TimeIndex(std::unique_ptr<IndexFile> file, Offset base);

    [[nodiscard]] TimestampOffset decode(const std::byte* entry) const;
    IoResult<void> reload_last();

    std::unique_ptr<IndexFile> file_;
    Offset base_;
    TimestampOffset last_;  ///< the writer's
};

}  // namespace barnabas
