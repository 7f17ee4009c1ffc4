#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/update_features.h"

namespace barnabas {

/// Raises and lowers the cluster's feature levels (KIP-584, KIP-778): all that is asked for, or nothing.
[[nodiscard]] Decision<UpdateFeaturesResponse> update_features(
    const Situation& situation, const UpdateFeaturesRequest& request, std::int16_t version
);

/// What the first leader of a new log writes, in one batch: the levels of the features as the formatting of the
/// directories laid them down, and what follows from them.
[[nodiscard]] MetadataRecords bootstrap_records(const Situation& situation, MetadataRecords formatted);

/// The levels that a cluster gets which is formatted now, or at an older metadata version: what goes into
/// `bootstrap.checkpoint`.
[[nodiscard]] MetadataRecords format_records(MetadataVersion level);

}  // namespace barnabas
