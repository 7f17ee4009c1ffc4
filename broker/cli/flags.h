#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas {

/// What follows a flag on the command line, as `--flag value` or `--flag=value`.
enum class Takes : std::uint8_t { nothing, text, number, optional_text };

/// One row of a tool's table. Parsing, the refusals and the help follow from it.
struct Flag {
    std::string_view name;  ///< without the dashes
    Takes takes = Takes::nothing;
    std::string_view argument = {};  ///< what the help calls the value
    std::string_view help = {};
    bool required = false;
    bool repeats = false;              ///< may stand several times
    std::string_view only_with = {};   ///< names, between spaces: one of these actions or flags must be there too
    std::string_view not_with = {};    ///< names, between spaces: none of these may be there too
    std::string_view deprecated = {};  ///< what is printed when it is used, as Apache's tools do on standard output
    std::string_view refused = {};     ///< why it cannot be honoured; empty when it can
    std::string_view letter = {};      ///< its short name: "c" for -c
};

/// How a tool is called.
struct Usage {
    std::string_view tool;
    std::string_view purpose;
    std::span<const Flag> flags;
    /// Names, between spaces, of which exactly one says what to do. Empty where the tool does one thing.
    std::string_view actions = {};
    /// The action is a word (`describe`) and not a flag (`--describe`).
    bool action_words = false;
    bool free_words = false;  ///< words that are neither flags nor the action are taken
};

/// A command line that was taken apart and held against the table.
class Arguments {
public:
    /// Errors are sentences. `--help` and `--version` stop the checks: `wants_help()` and `wants_version()` tell.
    static std::expected<Arguments, std::string> parse(const Usage& usage, std::span<const char* const> words);

    [[nodiscard]] bool has(std::string_view flag) const { return values_.contains(flag); }
    /// The value, or the last one; nothing when the flag is not there, or has none.
    [[nodiscard]] std::optional<std::string> value(std::string_view flag) const;
    [[nodiscard]] std::vector<std::string> values(std::string_view flag) const;
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view flag) const;
    [[nodiscard]] bool is(std::string_view action) const { return action_ == action; }
    [[nodiscard]] const std::string& action() const { return action_; }
    /// The names of the flags in the order in which they stand, each as often as it is there.
    [[nodiscard]] const std::vector<std::string>& flags() const { return flags_; }
    /// Words that are neither flags nor the action.
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    [[nodiscard]] bool wants_help() const { return has("help"); }
    [[nodiscard]] bool wants_version() const { return has("version"); }

private:
    using Checked = std::expected<void, std::string>;
    Checked take(const Usage& usage, std::span<const char* const> words);
    Checked find_action(const Usage& usage);
    Checked check(const Usage& usage) const;
    [[nodiscard]] bool any_of(std::string_view names) const;

    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::vector<std::string> flags_;
    std::vector<std::string> words_;
    std::string action_;
};

/// The lines for the deprecated flags that are there.
[[nodiscard]] std::string deprecations(const Usage& usage, const Arguments& arguments);

/// What `--help` prints: the purpose and every flag.
[[nodiscard]] std::string help_text(const Usage& usage);

/// The parts of `text` between `separator`s; an empty text has none.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
template <class Range, class Value>
[[nodiscard]] bool contains(const Range& range, const Value& value) {
    return std::ranges::find(range, value) != std::ranges::end(range);
}
/// All of `text` as a decimal number.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);

}  // namespace barnabas
