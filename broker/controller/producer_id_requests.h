#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/allocate_producer_ids.h"

namespace barnabas {

/// How many producer ids a broker gets at once.
inline constexpr std::int32_t producer_id_block = 1000;

/// Gives a broker the next producer ids, which nobody else ever gets (KIP-730).
[[nodiscard]] Decision<AllocateProducerIdsResponse> allocate_producer_ids(
    const Situation& situation, const AllocateProducerIdsRequest& request
);

}  // namespace barnabas
