#include "common/java_double.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace barnabas {

namespace {

constexpr std::string_view java_infinity = "Infinity";
constexpr std::string_view java_nan = "NaN";

bool is_space(char c) {
    return static_cast<unsigned char>(c) <= ' ';
}

}  // namespace

std::string java_text(double value) {
    const std::string_view sign = std::signbit(value) ? "-" : "";
    if (std::isnan(value)) {
        return std::string(java_nan);
    }
    if (std::isinf(value)) {
        return fmt::format("{}{}", sign, java_infinity);
    }
    // The fewest digits that stand for the value, as "d.ddde+nn".
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific);
    const std::string_view shortest(buffer.data(), end.ptr);
    const auto e = shortest.find('e');
    int exponent = 0;
    const std::size_t digits_at = shortest[e + 1] == '+' ? e + 2 : e + 1;
    std::from_chars(shortest.data() + digits_at, shortest.data() + shortest.size(), exponent);
    std::string digits(1, shortest.front());
    digits += shortest.substr(std::min<std::size_t>(2, e), e - std::min<std::size_t>(2, e));
    if (exponent < -3 || exponent >= 7) {
        return fmt::format("{}{}.{}E{}", sign, digits[0], digits.size() > 1 ? digits.substr(1) : "0", exponent);
    }
    if (exponent < 0) {
        return fmt::format("{}0.{}{}", sign, std::string(static_cast<std::size_t>(-exponent - 1), '0'), digits);
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    digits.resize(std::max(digits.size(), whole + 1), '0');
    return fmt::format("{}{}.{}", sign, digits.substr(0, whole), digits.substr(whole));
}

std::optional<double> parse_java_double(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    double sign = 1;
    if (text.starts_with('-') || text.starts_with('+')) {
        sign = text.front() == '-' ? -1 : 1;
        text.remove_prefix(1);
    }
    if (text == java_infinity || text == java_nan) {
        return text == java_nan ? std::numeric_limits<double>::quiet_NaN()
                                : sign * std::numeric_limits<double>::infinity();
    }
    if (!text.empty() && std::string_view("dDfF").contains(text.back())) {
        text.remove_suffix(1);
    }
    if (text.empty() || !std::string_view("0123456789.").contains(text.front())) {
        return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(sign * value) : std::nullopt;
}

}  // namespace barnabas
