#pragma once

#include <chrono>
#include <string>

#include "common/events.h"

namespace barnabas::event {

using Time = std::chrono::system_clock::time_point;

/// "2026-11-21 05:31:55.123 INFO  segment rolled partition=orders-3 base_offset=42", in local time, without a newline.
/// Values that hold spaces, quotes or control characters are quoted. With `colour`, the level has the terminal's.
[[nodiscard]] std::string human_line(Time time, Level level, std::string_view what, Facts facts, bool colour);

/// {"time":"2026-11-21T05:31:55.123Z","level":"info","event":"segment rolled","partition":"orders-3","base_offset":42}
[[nodiscard]] std::string json_line(Time time, Level level, std::string_view what, Facts facts);

}  // namespace barnabas::event
