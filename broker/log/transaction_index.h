#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "log/index_file.h"
#include "log/log_slice.h"
#include "model/error.h"

namespace barnabas {

/// `.txnindex`: the transactions whose abort marker stands in a segment. Entries are 34 bytes: version 0 (16 bits),
/// producer id, first offset, last offset, last stable offset (64 bits each). The file exists only when there is one.
/// Aborts are rare, so nothing is held in memory. One writer; readers on any thread.
class TransactionIndex {
public:
    static constexpr std::size_t entry_size = 34;

    static IoResult<std::unique_ptr<TransactionIndex>> open(FileSystem& files, std::string path, Presence presence);

    Expected<void> append(const AbortedTransaction& transaction);

    /// All entries. Errors: corrupt_message for an entry of another version or with impossible offsets.
    [[nodiscard]] Expected<std::vector<AbortedTransaction>> read() const;

    /// Drops the entries whose last offset is at or above `offset`.
    Expected<void> truncate_to(Offset offset);

    Expected<void> clear();
    Expected<void> flush();
    IoResult<void> rename(const std::string& path);
    void moved_to(const std::string& path);
    [[nodiscard]] std::string path() const;

private:
    TransactionIndex(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

    FileSystem& files_;
    std::atomic<bool> exists_ = false;  ///< spares readers a look at the disk
    mutable std::mutex mutex_;          ///< guards `path_`
    std::string path_;
};

/// The entries in the bytes of a `.txnindex`. A cut off last entry is an error as well.
[[nodiscard]] Expected<std::vector<AbortedTransaction>> parse_aborted_transactions(BytesView bytes);

}  // namespace barnabas
