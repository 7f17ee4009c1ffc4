#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace barnabas {

/// A regular expression over names, as Apache's tools take it: several may stand between commas, and quotes around it
/// are dropped. The whole name must match. The syntax is RE2's: Java's without look-around and back references.
class TopicFilter {
public:
    /// The error says what is wrong with the expression.
    static std::expected<TopicFilter, std::string> parse(std::string_view expression);

    [[nodiscard]] bool matches(std::string_view name) const;

private:
    struct Pattern;
    std::shared_ptr<const Pattern> pattern_;
};

/// Nothing when `expression` is a regular expression by RE2's rules, else what is wrong with it.
[[nodiscard]] std::string regex_fault(std::string_view expression);

}  // namespace barnabas
