#pragma once

#include <deque>
#include <optional>

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

/// What a partition knows of one producer id.
struct ProducerEntry {
    static constexpr std::size_t most_batches = 5;

    ProducerId producer = no_producer;
    ProducerEpoch epoch = no_producer_epoch;
    std::int32_t coordinator_epoch = -1;
    Timestamp last_timestamp = no_timestamp;
    std::optional<Offset> transaction_first_offset;  ///< of the open transaction
    std::deque<ProducerBatch> batches;               ///< the last `most_batches` of this epoch, oldest first

    [[nodiscard]] std::int32_t last_sequence() const { return batches.empty() ? -1 : batches.back().last_sequence; }
    [[nodiscard]] Offset last_offset() const { return batches.empty() ? no_offset : batches.back().last_offset; }
    [[nodiscard]] std::int32_t last_offset_delta() const { return batches.empty() ? 0 : batches.back().offset_delta; }

    bool operator==(const ProducerEntry&) const = default;
};

}  // namespace barnabas
