#pragma once

#include "log/offset_map.h"
#include "log/transaction_fates.h"

namespace barnabas {

/// The cleaner's first pass: reads the dirty part of a log, batch by batch, and remembers the newest offset of each key
/// until the memory for it is full. Aborted records do not count.
///
/// Pure; not thread-safe.
class DirtyKeys {
public:
    /// Records below `start` are clean and not looked at.
    DirtyKeys(Offset start, OffsetMap map) : start_(start), end_(start), map_(std::move(map)) {}

    /// As TransactionFates::expect.
    void expect(const std::vector<AbortedTransaction>& aborted) { fates_.expect(aborted); }

    /// Takes the next batch. False when the memory is full: then the keys are known below `end()`, and only there.
    /// Errors: corrupt_message.
    [[nodiscard]] Expected<bool> add(const RecordBatchView& batch);

    /// All batches below `end` were added, whether or not there is a record right below it.
    void complete(Offset end) { end_ = std::max(end_, end); }

    /// Of every record with a key in [start, end), the map holds the newest of its key.
    [[nodiscard]] Offset end() const { return end_; }

    /// Whether a record is still the newest of its key, as far as is known. Records without a key never are: a
    /// compacted log cannot keep them.
    [[nodiscard]] bool newest(Offset offset, std::optional<BytesView> key) const;

private:
    [[nodiscard]] Expected<bool> add_records(const RecordBatchView& batch);

    Offset start_;
    Offset end_;
    OffsetMap map_;
    TransactionFates fates_;
};

}  // namespace barnabas
