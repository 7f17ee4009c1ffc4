#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

    /// As it may stand in a `sasl.jaas.config`.
    [[nodiscard]] std::string text() const;

    bool operator==(const JaasEntry&) const = default;
};

/// Reads a `sasl.jaas.config`: exactly one login module, as Kafka wants it. Values stand in double or single quotes, in
/// which a backslash makes the next character plain (\n, \t and the other escapes of Java apart); words without quotes
/// may have letters, digits and any of "_-$.". Comments are those of C++. Errors: invalid_config, which never shows a
/// value, as most are secrets.
[[nodiscard]] Expected<JaasEntry> parse_jaas(std::string_view text);

/// The login modules of a JAAS file, by the names of their sections:
///
///     KafkaServer {
///         org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";
///     };
using JaasFile = std::map<std::string, std::vector<JaasEntry>, std::less<>>;

/// Reads what java.security.auth.login.config names. Values with "${...}", which Java replaces by properties of its
/// own, are refused. Errors: invalid_config, which never shows a value.
[[nodiscard]] Expected<JaasFile> parse_jaas_file(std::string_view text);

/// The module that `mechanism` ("SCRAM-SHA-256") logs in with; null when none of them is that.
[[nodiscard]] const JaasEntry* jaas_entry_for(std::string_view mechanism, const std::vector<JaasEntry>& entries);

}  // namespace barnabas
