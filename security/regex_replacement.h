#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace barnabas {

/// A regular expression and what it is replaced by, both in Java's spelling: in the replacement "$1" is a group's text
/// and a backslash makes the next character plain. A value; any thread may use it.
///
/// The expression is RE2's: linear in the text, and so without back references and look-around, which are refused.
class RegexReplacement {
public:
    /// A reference to a group that the expression does not have is plain text, unless it has no group at all.
    /// Errors: invalid_config.
    [[nodiscard]] static Expected<RegexReplacement> parse(std::string_view pattern, std::string_view replacement);

    /// Whether the expression matches from the first to the last character.
    [[nodiscard]] bool matches_all_of(std::string_view text) const;

    /// Every match replaced, also an empty one that follows another, as Java's replaceAll does.
    [[nodiscard]] std::string replace_all(std::string_view text) const;
    [[nodiscard]] std::string replace_first(std::string_view text) const;

private:
    struct Pattern;
    struct Part {
        std::string text;
        int group = none;  ///< when there is one, it stands for `text`
    };
    static constexpr int none = -1;

    [[nodiscard]] std::string replace(std::string_view text, bool all) const;
    [[nodiscard]] Expected<void> add_parts(std::string_view replacement);

    std::shared_ptr<const Pattern> pattern_;
    std::vector<Part> parts_;
};

}  // namespace barnabas
