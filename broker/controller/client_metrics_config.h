#pragma once

#include "config/topic_config.h"
#include "model/error.h"

namespace barnabas {

/// Whether a client metrics subscription (KIP-714) may be set so. Errors: invalid_request for unknown keys and
/// intervals out of bounds, invalid_config for values that do not parse.
[[nodiscard]] Expected<void> validate_client_metrics_config(const ConfigEntries& entries);

}  // namespace barnabas
