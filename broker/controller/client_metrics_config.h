#pragma once

#include "config/describe.h"
#include "model/error.h"

namespace barnabas {

/// Whether a client metrics subscription (KIP-714) may be set so. Errors: invalid_request for unknown keys and
/// intervals out of bounds, invalid_config for values that do not parse.
[[nodiscard]] Expected<void> validate_client_metrics_config(const ConfigEntries& entries);

/// The settings of a subscription, or of one that nobody has made; of `keys` only those, unless it is empty.
[[nodiscard]] std::vector<DescribedConfig> describe_client_metrics(
    const ConfigEntries& entries, std::span<const std::string_view> keys
);

}  // namespace barnabas
