#pragma once

#include <expected>
#include <string>

#include "config/node_settings.h"

namespace barnabas {

/// A node's settings as a server.properties has them. Errors: sentences, one a line.
[[nodiscard]] std::expected<NodeSettings, std::string> settings_in_file(const std::string& path);

}  // namespace barnabas
