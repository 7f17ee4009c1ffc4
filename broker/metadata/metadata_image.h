#pragma once

#include "common/clock.h"
#include "metadata/client_quotas_image.h"
#include "metadata/cluster_image.h"
#include "metadata/configs_image.h"
#include "metadata/features_image.h"
#include "metadata/security_image.h"
#include "metadata/topics_image.h"

namespace barnabas {

/// Up to where in the metadata log an image reaches.
struct Provenance {
    Offset last_offset = no_offset;  ///< of the last record it holds
    LeaderEpoch last_epoch = no_leader_epoch;
    Timestamp last_timestamp = no_timestamp;

    bool operator==(const Provenance&) const = default;
};

/// All that the metadata log says, up to some offset.
///
/// A value of persistent maps: copying it costs some dozen pointers, and applying a record costs what the record
/// changes. Published as shared_ptr<const MetadataImage>; one that is const may be read from any thread.
struct MetadataImage {
    Provenance provenance;
    FeaturesImage features;
    ClusterImage cluster;
    TopicsImage topics;
    ConfigsImage configs;
    ClientQuotasImage client_quotas;
    SecurityImage security;
    std::int64_t next_producer_id = 0;

    /// Errors: invalid_record, when the record does not fit what came before; then nothing is changed.
    [[nodiscard]] Expected<void> apply(const MetadataRecord& record);

    /// The records of a snapshot: what an empty image has to apply to become this one, in Kafka's order, in the
    /// versions that the cluster's metadata.version writes.
    [[nodiscard]] MetadataRecords records() const;
};

}  // namespace barnabas
