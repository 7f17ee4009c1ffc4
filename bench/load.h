#pragma once

#include <functional>

#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// Connects, loads the broker for the time that the options say, and tells what was counted, interval by interval. The
/// error says why the load could not begin or go on.
std::expected<void, std::string> run_load(const LoadOptions& options, const std::function<void(const Tally&)>& tell);

}  // namespace barnabas::bench
