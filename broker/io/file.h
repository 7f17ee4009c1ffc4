#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "common/clock.h"

namespace barnabas {

/// What the operating system refused: the operation, the file, and its errno.
struct IoError {
    std::string operation;
    std::string path;
    int number = 0;

    /// "write /data/orders-3/00000000000000000000.log: No space left on device", and what to do where that is plain.
    [[nodiscard]] std::string text() const;
    bool operator==(const IoError&) const = default;
};

template <class T>
using IoResult = std::expected<T, IoError>;

/// Takes the steps in order until one fails. Answers the last one taken.
template <class... Step>
IoResult<void> in_order(Step&&... steps) {
    IoResult<void> result;
    (void)(... && (result = steps()).has_value());
    return result;
}

/// One open file; closed by its destructor. Positions and sizes are in bytes.
///
/// Reads may run on any thread beside each other and beside one writer. What was written is seen by every later read
/// at once, and survives a crash of the machine only after `sync()`.
class File {
public:
    virtual ~File() = default;

    /// Fills `into` from `position`. Answers how many bytes there were: fewer than asked only at the end of the file.
    virtual IoResult<std::size_t> read_at(std::int64_t position, MutableBytes into) const = 0;

    /// Writes all of `bytes` at `position`, growing the file. After an error any part may stand there.
    virtual IoResult<void> write_at(std::int64_t position, BytesView bytes) = 0;

    /// Writes `bytes` and behind them `zeros` bytes of 0, at most 64 KiB, in one go.
    virtual IoResult<void> write_at(std::int64_t position, BytesView bytes, std::size_t zeros) = 0;

    virtual IoResult<void> truncate(std::int64_t size) = 0;
    [[nodiscard]] virtual IoResult<std::int64_t> size() const = 0;

    /// Returns when the bytes and the size are on the device. After an error nothing is known of what is.
    virtual IoResult<void> sync() = 0;

    /// Has the system begin to bring these bytes to the device, and does not wait until they are there: only for a
    /// place in the device's queue. Promises nothing.
    virtual void begin_sync(std::int64_t position, std::int64_t length) = 0;

    /// Reserves room on the device for these bytes without changing the file's size. Until `truncate` it stays
    /// reserved. A file system that cannot is no error.
    virtual IoResult<void> preallocate(std::int64_t position, std::int64_t length) = 0;

    /// The descriptor, for sendfile and preadv2; -1 where there is none (a simulated disk).
    [[nodiscard]] virtual int fd() const = 0;

    [[nodiscard]] virtual const std::string& path() const = 0;
};

enum class OpenFor : std::uint8_t {
    read,    ///< the file must exist
    write,   ///< for reading too; created when absent
    create,  ///< as write, but the file must not exist
};

struct FileStatus {
    bool directory = false;
    std::int64_t size = 0;
    Timestamp modified = no_timestamp;
};

/// The disk as the broker sees it: the port behind which a simulated disk can lose unsynced writes. Safe from any
/// thread. Paths are absolute or relative to the process's directory. Creating, renaming and removing survive a crash
/// of the machine only after `sync_directory()` of the folder.
class FileSystem {
public:
    virtual ~FileSystem() = default;

    virtual IoResult<std::unique_ptr<File>> open(const std::string& path, OpenFor use) = 0;

    /// Nothing when there is no such file.
    [[nodiscard]] virtual IoResult<std::optional<FileStatus>> status(const std::string& path) const = 0;

    /// Replaces `to` when it exists.
    virtual IoResult<void> rename(const std::string& from, const std::string& to) = 0;

    /// Removes a file or an empty folder; that it is already gone is no error.
    virtual IoResult<void> remove(const std::string& path) = 0;

    /// Removes a folder and all in it; that it is already gone is no error.
    virtual IoResult<void> remove_tree(const std::string& path) = 0;

    /// Makes the folder and those above it.
    virtual IoResult<void> make_directories(const std::string& path) = 0;

    /// Names in the folder, sorted, without "." and "..".
    [[nodiscard]] virtual IoResult<std::vector<std::string>> list(const std::string& directory) const = 0;

    virtual IoResult<void> sync_directory(const std::string& directory) = 0;
};

/// The machine's disk. Lives as long as the process.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace barnabas
