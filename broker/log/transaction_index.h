#pragma once

#include <mutex>

#include "log/log_slice.h"
#include "model/error.h"

namespace barnabas {

/// `.txnindex`: the transactions whose abort marker stands in a segment. Entries are 34 bytes: version 0 (16 bits),
/// producer id, first offset, last offset, last stable offset (64 bits each). The file exists only when there is one.
/// Aborts are rare, so nothing is held in memory. One writer; readers on any thread.
class TransactionIndex {
public:
    static constexpr std::size_t entry_size = 34;

    TransactionIndex(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

    Expected<void> append(const AbortedTransaction& transaction);

    /// All entries. Errors: corrupt_message for an entry of another version or with impossible offsets.
    [[nodiscard]] Expected<std::vector<AbortedTransaction>> read() const;

    /// Drops the entries whose last offset is at or above `offset`.
    Expected<void> truncate_to(Offset offset);

    Expected<void> clear();
    IoResult<void> flush();
    IoResult<void> rename(const std::string& path);
    [[nodiscard]] std::string path() const;

private:
    FileSystem& files_;
    mutable std::mutex mutex_;  ///< guards `path_`
    std::string path_;
};

/// The entries in the bytes of a `.txnindex`. A cut off last entry is an error as well.
[[nodiscard]] Expected<std::vector<AbortedTransaction>> parse_aborted_transactions(BytesView bytes);

}  // namespace barnabas
