#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/error.h"

namespace barnabas {

/// One login module with its options, as a `sasl.jaas.config` has it:
///
///     org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";
struct JaasEntry {
    std::string module;
    std::string flag;  ///< required, requisite, sufficient or optional, in lower case
    std::map<std::string, std::string, std::less<>> options;

    /// An option's value, or empty text.
    [[nodiscard]] std::string_view option(std::string_view key) const;
    /// The module's name without its package.
    [[nodiscard]] std::string_view short_name() const;

    bool operator==(const JaasEntry&) const = default;
};

/// Reads a `sasl.jaas.config`: exactly one login module, as Kafka wants it. Values stand in double or single quotes, in
/// which a backslash makes the next character plain (\n, \t and the other escapes of Java apart); words without quotes
/// may have letters, digits and any of "_-$.". Comments are those of C++. Errors: invalid_config, which never shows a
/// value, as most are secrets.
[[nodiscard]] Expected<JaasEntry> parse_jaas(std::string_view text);

}  // namespace barnabas
