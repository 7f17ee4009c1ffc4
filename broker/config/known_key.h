#pragma once

#include <optional>
#include <string>

#include "config/option.h"

namespace barnabas {

/// A key that may stand in server.properties or in a broker's dynamic configuration.
///
/// `row` is the option that it sets, or whose type and rules it has; null for keys that have no option (retired ones,
/// those of plug-ins). `listener` is the lower-case name when the key began with `listener.name.{listener}.`, and
/// `own_key` the rest: the option's key, perhaps behind a SASL mechanism's lower-case name.
struct KnownKey {
    const Option* row = nullptr;
    Status status;
    std::string_view listener;
    std::string_view own_key;
};

/// Nothing when neither Kafka nor Barnabas knows the key.
[[nodiscard]] std::optional<KnownKey> find_known_key(std::string_view key);

/// What to say of a key that find_known_key does not find: "unknown setting 'log.dir5'; did you mean log.dirs?"
[[nodiscard]] std::string unknown_key_words(std::string_view key);

/// Sets in `config` what `key` says, or answers why not, beginning with the key. Refuses what is not supported.
[[nodiscard]] std::expected<void, std::string> apply_setting(
    Config& config, std::string_view key, const KnownKey& known, std::string_view value
);

/// Settings that change while Kafka runs, but not yet while Barnabas runs.
[[nodiscard]] bool is_fixed_here(std::string_view key);

/// Kafka's settings of brokers that exist only as dynamic configuration; their values are LONG.
[[nodiscard]] bool is_dynamic_only(std::string_view key);

}  // namespace barnabas
