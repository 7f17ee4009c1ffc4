#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/alter_configs.h"
#include "protocol/incremental_alter_configs.h"

namespace barnabas {

// The requests that change settings of topics, brokers, groups and client metrics subscriptions. A resource whose
// settings would not be valid has its error in the reply; the others are done, all in one batch. Whether a broker's
// request is meant for that broker, and settings of loggers, are the broker's business.

/// What was set before is replaced as a whole.
[[nodiscard]] Decision<AlterConfigsResponse> alter_configs(
    const Situation& situation, const AlterConfigsRequest& request
);

/// KIP-339.
[[nodiscard]] Decision<IncrementalAlterConfigsResponse> incremental_alter_configs(
    const Situation& situation, const IncrementalAlterConfigsRequest& request
);

}  // namespace barnabas
