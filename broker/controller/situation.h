#pragma once

#include "common/clock.h"
#include "common/random.h"
#include "config/live_config.h"
#include "controller/broker_sessions.h"
#include "metadata/metadata_image.h"
#include "quota/mutation_quota.h"

namespace barnabas {

/// All that a decision is made from, besides the request.
struct Situation {
    const MetadataImage& image;  ///< with everything that was decided before, committed or not
    const LiveConfig& config;
    const std::string& cluster_id;
    BrokerSessions& sessions;
    Random& random;
    Instant now;
    Offset next_offset;              ///< of the first record of the decision
    std::int16_t kraft_version = 0;  ///< of the quorum, which is not in the image
    MutationQuota* quota = nullptr;  ///< of who asks; null: none

    /// For partitions that the request makes or removes. Errors: throttling_quota_exceeded.
    [[nodiscard]] Expected<void> charge(std::size_t partitions) const {
        return quota != nullptr ? quota->charge(partitions, now) : Expected<void>();
    }
};

/// No decision of one request makes more records: a batch of the log is limited.
inline constexpr std::size_t most_records_of_a_request = 10000;

}  // namespace barnabas
