#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas {

/// java.lang.String.hashCode of UTF-8 text.
[[nodiscard]] std::int32_t java_hash(std::string_view text);

/// `keys`, which are distinct, in the order in which a java.util.HashMap gives them back after they were put into it in
/// the order given. Apache's tools print some lists in that order. `capacity` is the map's initial one.
[[nodiscard]] std::vector<std::string> java_hash_order(std::vector<std::string> keys, std::size_t capacity = 16);

}  // namespace barnabas
