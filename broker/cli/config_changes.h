#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace barnabas {

/// "k1=v1,k2=[v2,v3],k4=v4" as `configs --add-config` takes it: square brackets hold commas together and are dropped.
/// Errors are sentences.
[[nodiscard]] std::expected<std::map<std::string, std::string>, std::string> parse_config_changes(std::string_view text
);

}  // namespace barnabas
