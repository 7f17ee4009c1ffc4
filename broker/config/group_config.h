#pragma once

#include "config/topic_config.h"

namespace barnabas {

/// Every setting of a group of the newer protocols (consumer, share, streams).
struct GroupConfig {
#define GROUP_OPTION(kind_, field, key, default_value, allowed, broker_key, inherited, status, help) \
    kind::kind_::Value field{default_value};
#include "config/group_options.def"
#undef GROUP_OPTION

    /// What holds for a group with these overrides on a node with this configuration.
    [[nodiscard]] static GroupConfig effective(const Config& config, const ConfigEntries& overrides);

    bool operator==(const GroupConfig&) const = default;
};

}  // namespace barnabas
