#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"

namespace barnabas {

/// Suffixes of the files in a partition's folder. A name is the base offset in 20 digits and a suffix.
namespace suffix {
inline constexpr std::string_view log = ".log", offset_index = ".index", time_index = ".timeindex",
                                  transaction_index = ".txnindex", producer_snapshot = ".snapshot",
                                  deleted = ".deleted", cleaned = ".cleaned", swap = ".swap";
}  // namespace suffix

/// The room that a growing log file has behind its last batch ends at a multiple of this, and holds zeros.
inline constexpr std::int64_t room_bytes = 65'536;

/// "00000000000000000042.log"
[[nodiscard]] std::string segment_file_name(Offset base, std::string_view file_suffix);

/// The base offset in `name` when it is 20 digits and exactly `file_suffix`.
[[nodiscard]] std::optional<Offset> parse_segment_file_name(std::string_view name, std::string_view file_suffix);

}  // namespace barnabas
