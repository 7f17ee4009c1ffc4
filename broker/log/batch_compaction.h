#pragma once

#include <chrono>

#include "log/dirty_keys.h"
#include "model/record.h"

namespace barnabas {

/// The newest thing that a producer wrote to a log, from the producer state.
struct LastOfProducer {
    std::optional<Offset> data;  ///< the last offset of its newest batch of records
    ProducerEpoch epoch;
};

/// The cleaner's second pass: decides for each batch, in order of offsets, what remains of it.
///
/// Only the newest record of a key remains; of an aborted transaction nothing. A tombstone, or a marker whose
/// transaction has no record left, gets a delete horizon (now + delete.retention.ms) in its batch when it is first met,
/// and goes when that has passed (KIP-534). A batch that is a producer's newest, or the last of the cleaned range,
/// remains without records, so that sequences and the end of the range are not forgotten. Offsets never change.
///
/// Pure; not thread-safe. `keys` outlives it.
class BatchCompaction {
public:
    struct Rules {
        Timestamp now;
        std::chrono::milliseconds delete_retention;  ///< `delete.retention.ms`
        Offset first_uncleanable;                    ///< the end of the range that is cleaned
        std::map<ProducerId, LastOfProducer> last_of_producers;
    };

    BatchCompaction(const DirtyKeys& keys, Rules rules) : keys_(keys), rules_(std::move(rules)) {}

    /// As TransactionFates::expect.
    void expect(const std::vector<AbortedTransaction>& aborted) { fates_.expect(aborted); }

    struct Remains {
        enum class What : std::uint8_t { nothing, the_batch, a_new_batch };
        What what = What::nothing;
        Bytes new_batch;                            ///< only for a_new_batch
        std::optional<AbortedTransaction> aborted;  ///< to be kept in the new segment's transaction index
        std::int32_t records = 0;
    };

    /// Errors: corrupt_message.
    [[nodiscard]] Expected<Remains> compact(const RecordBatchView& batch);

private:
    struct Verdict {
        bool discard_records = false;
        bool empty_marker = false;
        std::optional<AbortedTransaction> aborted{};
    };

    /// The records that survive; they are views into the reader.
    struct Kept {
        std::optional<RecordReader> reader{};
        std::vector<RecordView> records{};
        bool tombstones = false;
    };

    [[nodiscard]] Expected<Verdict> judge(const RecordBatchView& batch);
    [[nodiscard]] Expected<Kept> kept_of(const RecordBatchView& batch) const;
    [[nodiscard]] Remains write(const RecordBatchView& batch, const Kept& kept, bool empty_marker) const;
    [[nodiscard]] bool keeps_empty(const RecordBatchView& batch) const;

    const DirtyKeys& keys_;
    Rules rules_;
    TransactionFates fates_;
};

}  // namespace barnabas
