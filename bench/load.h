#pragma once

#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// Connects, loads the broker for the time that the options say, and returns what was counted. One thread. The error
/// says why the load could not begin; what failed later is in the tally.
std::expected<Tally, std::string> run_load(const LoadOptions& options);

}  // namespace barnabas::bench
