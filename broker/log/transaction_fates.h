#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "log/log_slice.h"
#include "model/record_batch.h"

namespace barnabas {

/// Follows the transactions of a log, batch by batch in order of offsets, for the cleaner: which batches an abort has
/// made void, and which markers have outlived all records of their transaction.
///
/// Pure; not thread-safe.
class TransactionFates {
public:
    /// Aborted transactions that overlap the batches to come. The same one may be told twice.
    void expect(const std::vector<AbortedTransaction>& aborted);

    /// A batch of records. True when its transaction was aborted: nobody may read it.
    [[nodiscard]] bool is_aborted(const RecordBatchView& batch);

    struct Marker {
        bool empty = false;  ///< no batch of its transaction is left: it may go once its delete horizon has passed
        std::optional<AbortedTransaction> aborted{
        };  ///< an abort of batches that were seen: readers still need to know
    };

    /// A batch with a transaction marker, or another control record, which is never empty. Errors: corrupt_message.
    [[nodiscard]] Expected<Marker> marker(const RecordBatchView& batch);

private:
    struct Aborted {
        AbortedTransaction transaction;
        bool seen = false;  ///< a batch of it
    };

    void begin_aborted_up_to(Offset offset);

    std::multimap<Offset, AbortedTransaction> to_come_;  ///< by first offset
    std::map<ProducerId, Aborted> aborted_;              ///< begun, and not ended by their marker
    std::set<ProducerId> committed_;                     ///< producers with batches of a transaction that will commit
};

}  // namespace barnabas
