#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/kinds.h"

/// What the `allowed` column of the option tables is written with. A check tells whether a value may be used, and, in
/// words that follow "must be", which values may.
namespace barnabas::checks {

template <class T>
concept Time = requires(T time) { time.count(); };

[[nodiscard]] double magnitude(const auto& value) {
    if constexpr (Time<std::remove_cvref_t<decltype(value)>>) {
        return static_cast<double>(value.count());
    } else {
        return static_cast<double>(value);
    }
}

struct Anything {
    [[nodiscard]] bool holds(const auto&) const { return true; }
    [[nodiscard]] std::string words() const { return {}; }
};
inline constexpr Anything anything;

struct AtLeast {
    std::int64_t least;
    [[nodiscard]] bool holds(const auto& value) const { return magnitude(value) >= static_cast<double>(least); }
    [[nodiscard]] std::string words() const { return "at least " + std::to_string(least); }
};
constexpr AtLeast at_least(std::int64_t least) {
    return {least};
}

struct Between {
    double least;
    double most;
    [[nodiscard]] bool holds(const auto& value) const { return magnitude(value) >= least && magnitude(value) <= most; }
    [[nodiscard]] std::string words() const;
};
constexpr Between between(double least, double most) {
    return {least, most};
}

struct GzipLevel {
    [[nodiscard]] bool holds(std::int32_t level) const { return level == -1 || (level >= 1 && level <= 9); }
    [[nodiscard]] std::string words() const { return "from 1 to 9, or -1"; }
};
inline constexpr GzipLevel gzip_level;

/// The one authorizer there is goes by the name of Kafka's.
struct StandardAuthorizer {
    [[nodiscard]] bool holds(const std::string& text) const { return text.empty() || text == class_name; }
    [[nodiscard]] std::string words() const { return std::string(class_name) + ", or empty: no Java class is loaded"; }

    static constexpr std::string_view class_name = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
};
inline constexpr StandardAuthorizer standard_authorizer;

struct NotEmpty {
    [[nodiscard]] bool holds(const std::string& text) const { return !text.empty(); }
    [[nodiscard]] std::string words() const { return "a text that is not empty"; }
};
inline constexpr NotEmpty not_empty;

[[nodiscard]] std::string either(const std::string_view* first, std::size_t count);
[[nodiscard]] bool equal_in_any_case(std::string_view left, std::string_view right);

enum class Case : bool { matters, does_not_matter };

template <std::size_t count>
struct OneOf {
    std::array<std::string_view, count> texts;
    Case letters;
    [[nodiscard]] bool holds(const std::string& value) const {
        for (const auto text : texts) {
            if (letters == Case::matters ? text == value : equal_in_any_case(text, value)) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] bool holds(const std::vector<std::string>& values) const {
        for (const auto& value : values) {
            if (!holds(value)) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] std::string words() const { return either(texts.data(), count); }
};

constexpr auto one_of(std::convertible_to<std::string_view> auto... texts) {
    return OneOf<sizeof...(texts)>{{std::string_view(texts)...}, Case::matters};
}
constexpr auto one_of_any_case(std::convertible_to<std::string_view> auto... texts) {
    return OneOf<sizeof...(texts)>{{std::string_view(texts)...}, Case::does_not_matter};
}
/// For lists: every item is one of these.
constexpr auto each_of(std::convertible_to<std::string_view> auto... texts) {
    return one_of(texts...);
}

/// "0:1,1:2", or "*" alone.
struct ThrottledReplicas {
    [[nodiscard]] bool holds(const std::vector<std::string>& replicas) const;
    [[nodiscard]] std::string words() const { return "a list of partition:broker pairs, or * alone"; }
};
inline constexpr ThrottledReplicas throttled_replicas;

/// "latest", "earliest", "by_duration:PT1H30M" (ISO 8601, not negative).
struct OffsetReset {
    [[nodiscard]] bool holds(const std::string& text) const;
    [[nodiscard]] std::string words() const { return "earliest, latest, or by_duration:PnDTnHnMn.nS"; }
};
inline constexpr OffsetReset offset_reset;

}  // namespace barnabas::checks
