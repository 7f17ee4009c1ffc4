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

/// The epoch in the file's text. Nothing in a file of Kafka before 4.0, which is empty. Errors: a sentence. Whatever the text says, that the
/// file exists means a clean shutdown, as for Apache.
[[nodiscard]] std::expected<BrokerEpoch, std::string> parse_clean_shutdown(std::string_view text);

}  // namespace barnabas
