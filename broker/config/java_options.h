#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace barnabas {

/// The value of `-Dname=value` in options of Java, as KAFKA_OPTS has them: words with blanks between; the last one
/// counts.
[[nodiscard]] std::optional<std::string> java_property(std::string_view options, std::string_view name);

/// The same of the environment's KAFKA_OPTS, with which people start Apache Kafka.
[[nodiscard]] std::optional<std::string> environment_java_property(std::string_view name);

}  // namespace barnabas
