#pragma once

#include <map>
#include <vector>

#include "log/append.h"
#include "log/log_slice.h"
#include "log/producer_entry.h"
#include "model/error.h"

namespace barnabas {

/// A transaction whose marker was just appended.
struct CompletedTransaction {
    ProducerId producer;
    Offset first_offset;
    Offset last_offset;  ///< of the marker
    bool aborted = false;
};

/// What a partition knows of its producers (KIP-98): their epochs and last batches, by which duplicates and gaps are
/// found, and the open transactions, which hold back the last stable offset.
///
/// A value without I/O: `snapshot()` and `restore()` are the bytes of a `.snapshot` file. Guarded by the partition's
/// mutex.
class ProducerState {
public:
    enum class Origin : std::uint8_t { client, coordinator, replication };

    explicit ProducerState(std::string partition, std::chrono::milliseconds expiration)
        : partition_(std::move(partition)), expiration_(expiration) {}

    [[nodiscard]] const ProducerEntry* find(ProducerId producer) const;
    [[nodiscard]] const std::map<ProducerId, ProducerEntry>& producers() const { return producers_; }

    /// The earlier append of the same sequences in the same epoch.
    [[nodiscard]] std::optional<ProducerBatch> find_duplicate(RecordBatchView batch) const;

    /// What a batch with a producer id would change, kept apart until its bytes are in the log.
    struct Update {
        ProducerEntry entry{};
        std::optional<Offset> started = std::nullopt;  ///< first offset of a transaction that begins
        std::optional<CompletedTransaction> completed = std::nullopt;
    };
    /// Checks and prepares. `first`: where the batch begins. `pending`: the producer's update by an earlier batch of
    /// the same append. Errors: invalid_producer_epoch, out_of_order_sequence_number, invalid_txn_state,
    /// transaction_coordinator_fenced; from replication only what cannot be read.
    [[nodiscard]] Expected<Update> prepare(RecordBatchView batch, Origin origin, const ProducerEntry* pending = nullptr)
        const;
    void apply(const Update& update);

    /// The last stable offset once this transaction is completed, for the transaction index.
    [[nodiscard]] Offset last_stable_after(const CompletedTransaction& transaction) const;

    /// The marker is in the index: the transaction is over as soon as the high watermark passes its marker.
    void complete(const CompletedTransaction& transaction);
    void high_watermark_moved(Offset high_watermark);

    /// The first offset of the oldest transaction that is open, or whose marker is not below the high watermark.
    [[nodiscard]] std::optional<Offset> first_unstable_offset() const;

    /// Forgets producers without an open transaction whose last append is older than the expiration.
    void expire(Timestamp now);
    void set_expiration(std::chrono::milliseconds expiration) { expiration_ = expiration; }

    /// All batches below are accounted for.
    [[nodiscard]] Offset end() const { return end_; }
    void set_end(Offset end) { end_ = end; }
    void log_start_moved(Offset log_start);
    void clear(Offset end);

    /// The bytes of a `.snapshot`, version 1.
    [[nodiscard]] Bytes snapshot() const;
    /// Replaces everything by what the bytes say; entries that have expired at `now` are left out. Errors, without a
    /// change: corrupt_message.
    Expected<void> restore(BytesView bytes, Offset end, Timestamp now);

private:
    [[nodiscard]] bool expired(const ProducerEntry& entry, Timestamp now) const;
    [[nodiscard]] Expected<void> check_epoch(const ProducerEntry& entry, RecordBatchView batch, Origin origin) const;
    [[nodiscard]] Expected<void> check_sequence(const ProducerEntry& entry, RecordBatchView batch) const;
    [[nodiscard]] Expected<Update> prepare_marker(ProducerEntry entry, RecordBatchView batch, Origin origin) const;

    std::string partition_;
    std::chrono::milliseconds expiration_;
    std::map<ProducerId, ProducerEntry> producers_;
    std::map<Offset, ProducerId> open_;            ///< by first offset
    std::map<Offset, Offset> awaiting_watermark_;  ///< first offset -> the marker's
    Offset end_{0};
};

}  // namespace barnabas
