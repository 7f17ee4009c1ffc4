#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "io/file.h"

namespace barnabas {

/// What is known of a file before it is opened.
enum class Presence : std::uint8_t { unknown, absent };

/// A file of entries of one size that only grows at its end: what Kafka's offset and time indexes have in common.
///
/// The newest entries are held in memory, at most `most_buffered`, and written when there are more, at `flush()` and
/// at `seal()`. A crash loses them, which recovery mends: a segment past the recovery point gets its indexes anew.
/// No descriptor is held after `seal()`; a look-up then opens the file. One writer; readers on any thread.
class IndexFile {
public:
    static constexpr std::size_t most_buffered = 512;

    /// Of a file that does not exist yet: it is created by the first write. An unfinished last entry does not count.
    static IoResult<std::unique_ptr<IndexFile>> open(
        FileSystem& files, std::string path, std::size_t entry_size, Presence presence
    );

    [[nodiscard]] std::int64_t count() const { return count_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t bytes() const { return count() * static_cast<std::int64_t>(entry_size_); }

    IoResult<void> append(BytesView entry);

    /// The entry at `slot`, which is below `count()`.
    [[nodiscard]] IoResult<Bytes> entry(std::int64_t slot) const;

    /// The last slot whose entry `before_or_at` accepts, given that it accepts a prefix of the entries; -1 for none.
    [[nodiscard]] IoResult<std::int64_t> last_slot(const std::function<bool(const std::byte*)>& before_or_at) const;

    /// Keeps the first `count` entries.
    IoResult<void> truncate(std::int64_t count);

    /// Writes what is buffered; with `sync` down to the device.
    IoResult<void> flush(bool sync);

    /// No entry comes any more for now: writes the buffer and closes the descriptor.
    IoResult<void> seal();

    /// Holds no descriptor until the next entry is written.
    void rest();

    IoResult<void> rename(const std::string& path);
    /// The folder was renamed around the file.
    void moved_to(const std::string& path);
    [[nodiscard]] std::string path() const;

private:
    IndexFile(FileSystem& files, std::string path, std::size_t entry_size)
        : files_(files), path_(std::move(path)), entry_size_(entry_size) {}

    [[nodiscard]] IoResult<std::shared_ptr<File>> handle() const;
    IoResult<void> write_buffer();

    FileSystem& files_;
    mutable std::mutex mutex_;  ///< guards what follows; never held while reading the file
    std::string path_;
    std::size_t entry_size_;
    std::shared_ptr<File> open_;
    Bytes buffer_;              ///< entries from `written_` on
    std::int64_t written_ = 0;  ///< entries in the file
    std::atomic<std::int64_t> count_ = 0;
};

}  // namespace barnabas
