#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "model/record_batch.h"

namespace barnabas {

/// A batch that a producer appended: what is needed to know it again.
struct ProducerBatch {
    std::int32_t last_sequence = -1;
    Offset last_offset = no_offset;
    std::int32_t offset_delta = 0;  ///< last offset less first
    Timestamp timestamp = no_timestamp;

    [[nodiscard]] Offset first_offset() const { return last_offset - offset_delta; }
    /// Sequences wrap from 2^31-1 to 0.
    [[nodiscard]] std::int32_t first_sequence() const;
    bool operator==(const ProducerBatch&) const = default;
};

/// The last batches of a producer, oldest first: as many as a client may have in flight.
class RecentBatches {
public:
    static constexpr std::size_t most = 5;

    void push(const ProducerBatch& batch) {
        if (count_ == most) {
            std::ranges::rotate(batches_, batches_.begin() + 1);
            --count_;
        }
        batches_[count_++] = batch;
    }
    void clear() { count_ = 0; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] const ProducerBatch& back() const { return batches_[count_ - 1]; }
    [[nodiscard]] std::span<const ProducerBatch> all() const { return std::span(batches_).first(count_); }
    bool operator==(const RecentBatches& other) const { return std::ranges::equal(all(), other.all()); }

private:
    std::array<ProducerBatch, most> batches_;
    std::size_t count_ = 0;
};

/// What a partition knows of one producer id.
struct ProducerEntry {
    ProducerId producer = no_producer;
    ProducerEpoch epoch = no_producer_epoch;
    std::int32_t coordinator_epoch = -1;
    Timestamp last_timestamp = no_timestamp;
    std::optional<Offset> transaction_first_offset = std::nullopt;  ///< of the open transaction
    RecentBatches batches{};                                        ///< of this epoch

    [[nodiscard]] std::int32_t last_sequence() const { return batches.empty() ? -1 : batches.back().last_sequence; }
    [[nodiscard]] Offset last_offset() const { return batches.empty() ? no_offset : batches.back().last_offset; }
    [[nodiscard]] std::int32_t last_offset_delta() const { return batches.empty() ? 0 : batches.back().offset_delta; }

    bool operator==(const ProducerEntry&) const = default;
};

}  // namespace barnabas
