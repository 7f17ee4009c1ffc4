#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"

namespace barnabas {

/// What `configs` is about.
struct ConfigEntity {
    std::string type;                 ///< as --entity-type names it: "topics", "users"
    std::optional<std::string> name;  ///< nothing for all of the type, empty for the type's default

    /// "topic" of "topics".
    [[nodiscard]] std::string singular() const { return type.substr(0, type.size() - 1); }
    bool operator==(const ConfigEntity&) const = default;
};

/// The entities that the flags name, by --entity-type with --entity-name and --entity-default in turn or by flags of
/// their own, in the order in which Apache's tool takes them. One; only users and clients go together. Errors are
/// sentences.
[[nodiscard]] std::expected<std::vector<ConfigEntity>, std::string> config_entities(const Arguments& arguments);

}  // namespace barnabas
