#include "config/value_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "config/checks.h"

namespace barnabas::value_text {

namespace {

constexpr auto compressions = std::to_array<std::pair<std::string_view, CompressionSetting>>({
    {"uncompressed", CompressionSetting::uncompressed},
    {"zstd", CompressionSetting::zstd},
    {"lz4", CompressionSetting::lz4},
    {"snappy", CompressionSetting::snappy},
    {"gzip", CompressionSetting::gzip},
    {"producer", CompressionSetting::producer},
});

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// from_chars knows no plus sign.
std::string_view without_plus(std::string_view text) {
    const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    return plus ? text.substr(1) : text;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    text = without_plus(trim(text));
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    text = trim(text);
    while (!text.empty()) {
        const auto comma = text.find(',');
        items.emplace_back(trim(text.substr(0, comma)));
        if (comma == std::string_view::npos) {
            break;
        }
        text.remove_prefix(comma + 1);
        if (text.empty()) {
            items.emplace_back();
        }
    }
    return items;
}

std::string join(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, ","));
}

std::int64_t most(ConfigType type) {
    return type == ConfigType::int16   ? std::numeric_limits<std::int16_t>::max()
           : type == ConfigType::int32 ? std::numeric_limits<std::int32_t>::max()
                                       : std::numeric_limits<std::int64_t>::max();
}

std::int64_t least(ConfigType type) {
    return -most(type) - 1;
}

std::optional<bool> to_boolean(std::string_view text) {
    text = trim(text);
    if (checks::equal_in_any_case(text, "true")) {
        return true;
    }
    return checks::equal_in_any_case(text, "false") ? std::optional(false) : std::nullopt;
}

std::optional<std::int64_t> to_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    const auto value = number<std::int64_t>(text);
    return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<double> to_double(std::string_view text) {
    const auto value = number<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<CompressionSetting> to_compression(std::string_view text) {
    const auto* found = std::ranges::find(compressions, trim(text), &decltype(compressions)::value_type::first);
    return found != compressions.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<TimestampType> to_timestamp_type(std::string_view text) {
    text = trim(text);
    if (text == "CreateTime") {
        return TimestampType::create_time;
    }
    return text == "LogAppendTime" ? std::optional(TimestampType::log_append_time) : std::nullopt;
}

std::optional<CleanupPolicy> to_cleanup_policy(std::string_view text) {
    CleanupPolicy policy;
    for (const auto& each : split_list(text)) {
        if (each != "compact" && each != "delete") {
            return std::nullopt;
        }
        (each == "compact" ? policy.compacts : policy.deletes) = true;
    }
    return policy;
}

std::string_view from_compression(CompressionSetting value) {
    return std::ranges::find(compressions, value, &decltype(compressions)::value_type::second)->first;
}

std::string_view from_timestamp_type(TimestampType value) {
    return value == TimestampType::create_time ? "CreateTime" : "LogAppendTime";
}

std::string from_cleanup_policy(CleanupPolicy value) {
    return value.compacts ? value.deletes ? "compact,delete" : "compact" : value.deletes ? "delete" : "";
}

}  // namespace barnabas::value_text
