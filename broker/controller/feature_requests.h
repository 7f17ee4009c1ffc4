#pragma once

#include "config/new_cluster_features.h"
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

/// What goes into `bootstrap.checkpoint` of a cluster that begins with these levels.
[[nodiscard]] MetadataRecords format_records(const FeatureLevels& levels);
/// The same with what belongs to a metadata version.
[[nodiscard]] MetadataRecords format_records(MetadataVersion level);

}  // namespace barnabas
