#include "config/checks.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace barnabas::checks {

namespace {

bool digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Takes "12H" off the front of `text` when `unit` is H; seconds may have a fraction.
bool take(std::string_view& text, char unit) {
    const auto end = text.find_first_not_of(unit == 'S' ? "0123456789." : "0123456789");
    if (end == 0 || end == std::string_view::npos || text[end] != unit) {
        return false;
    }
    text.remove_prefix(end + 1);
    return true;
}

bool iso_duration(std::string_view text) {
    if (!text.starts_with('P')) {
        return false;
    }
    text.remove_prefix(1);
    const bool days = take(text, 'D');
    if (text.empty()) {
        return days;
    }
    if (!text.starts_with('T') || text.size() == 1) {
        return false;
    }
    text.remove_prefix(1);
    for (const char unit : {'H', 'M', 'S'}) {
        take(text, unit);
    }
    return text.empty();
}

}  // namespace

std::string Between::words() const {
    return fmt::format("from {} to {}", least, most);
}

std::string either(const std::string_view* first, std::size_t count) {
    return fmt::format("one of {}", fmt::join(first, first + count, ", "));
}

bool equal_in_any_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    });
}

bool ThrottledReplicas::holds(const std::vector<std::string>& replicas) const {
    if (replicas.size() == 1 && replicas.front() == "*") {
        return true;
    }
    return std::ranges::all_of(replicas, [](std::string_view replica) {
        const auto colon = replica.find(':');
        return colon != std::string_view::npos && digits(replica.substr(0, colon)) && digits(replica.substr(colon + 1));
    });
}

bool OffsetReset::holds(const std::string& text) const {
    constexpr std::string_view by_duration = "by_duration:";
    return text == "latest" || text == "earliest" ||
           (text.starts_with(by_duration) && iso_duration(std::string_view(text).substr(by_duration.size())));
}

}  // namespace barnabas::checks
