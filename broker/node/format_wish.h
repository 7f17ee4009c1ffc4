#pragma once

#include <expected>
#include <string>

#include "cli/flags.h"
#include "config/config.h"
#include "config/listeners.h"
#include "config/new_cluster_features.h"
#include "node/format_command.h"
#include "node/node_directories.h"

namespace barnabas {

/// What the flags of a format wish for, and the levels that its records stand for.
struct FormatFlags {
    FormatWish wish;
    FeatureLevels levels;
};

/// Errors: sentences, for what cannot be or is not supported.
[[nodiscard]] std::expected<FormatFlags, std::string> read_format_flags(
    const Arguments& arguments, const Config& config, const Listeners& listeners, Unsaid unsaid
);

}  // namespace barnabas
