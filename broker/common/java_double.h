#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace barnabas {

/// java.lang.Double.toString: "1024.0", "1.0E7", "1.0E-4", "NaN", "Infinity".
[[nodiscard]] std::string java_text(double value);

/// java.lang.Double.parseDouble, without hexadecimal numbers; nothing when `text` is no number.
[[nodiscard]] std::optional<double> parse_java_double(std::string_view text);

}  // namespace barnabas
