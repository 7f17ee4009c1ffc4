#pragma once

#include <string>

#include "tally.h"

namespace barnabas::bench {

/// What was counted, as one line of JSON.
[[nodiscard]] std::string result_line(const Tally& tally);

}  // namespace barnabas::bench
