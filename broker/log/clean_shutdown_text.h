#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "model/ids.h"

namespace barnabas {

/// The file in a log directory that says: every log in it was recovered, flushed and closed. Format of Apache 4.3,
/// `{"version":0,"brokerEpoch":13}`; the epoch lets the controller tell a clean restart from a replica that lost its
/// unflushed tail (KIP-966).
inline constexpr std::string_view clean_shutdown_file_name = ".kafka_cleanshutdown";

[[nodiscard]] std::string clean_shutdown_text(BrokerEpoch epoch);

/// The epoch in the file's text, or a sentence on why there is none: before Kafka 3.7 the file was empty. That the
/// file is there means a clean shutdown whatever it says.
[[nodiscard]] std::expected<BrokerEpoch, std::string> parse_clean_shutdown(std::string_view text);

}  // namespace barnabas
