#include "common/event_line.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "common/utf8.h"

namespace barnabas::event {

namespace {

constexpr std::array<std::string_view, 4> level_names{"DEBUG", "INFO", "WARN", "ERROR"};
constexpr std::array<std::string_view, 4> json_level_names{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> colours{"\033[2m", "\033[32m", "\033[33m", "\033[31m"};

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Escaped as in JSON, which a person reads just as well.
void append_quoted(std::string& line, std::string_view text) {
    line += '"';
    for (const char c : as_utf8(text)) {
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (c == '\n') {
            line += "\\n";
        } else if (is_control(c)) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            line += c;
        }
    }
    line += '"';
}

void append_human(std::string& line, std::string_view text) {
    const bool plain = !text.empty() && std::ranges::none_of(text, [](char c) {
        return c == ' ' || c == '"' || c == '=' || is_control(c) || static_cast<unsigned char>(c) >= 0x80;
    });
    if (plain) {
        line += text;
    } else {
        append_quoted(line, text);
    }
}

template <class Number>
void append_number(std::string& line, Number number) {
    fmt::format_to(std::back_inserter(line), "{}", number);
}

auto milliseconds_of(Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count() % 1000;
}

}  // namespace

std::string human_line(Time time, Level level, std::string_view what, Facts facts, bool colour) {
    const auto index = static_cast<std::size_t>(level);
    const auto local = fmt::localtime(std::chrono::system_clock::to_time_t(time));
    std::string line = fmt::format(
        "{:%Y-%m-%d %H:%M:%S}.{:03} {}{:<5}{} {}", local, milliseconds_of(time), colour ? colours[index] : "",
        level_names[index], colour ? "\033[0m" : "", what
    );
    for (const Fact& fact : facts) {
        line += ' ';
        line += fact.key;
        line += '=';
        if (const auto* text = std::get_if<std::string_view>(&fact.value)) {
            append_human(line, *text);
        } else if (const auto* number = std::get_if<std::int64_t>(&fact.value)) {
            append_number(line, *number);
        } else if (const auto* real = std::get_if<double>(&fact.value)) {
            append_number(line, *real);
        } else {
            line += std::get<bool>(fact.value) ? "true" : "false";
        }
    }
    return line;
}

std::string json_line(Time time, Level level, std::string_view what, Facts facts) {
    const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
    std::string line = fmt::format(
        R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z","level":"{}","event":)", utc, milliseconds_of(time),
        json_level_names[static_cast<std::size_t>(level)]
    );
    append_quoted(line, what);
    for (const Fact& fact : facts) {
        line += ',';
        append_quoted(line, fact.key);
        line += ':';
        if (const auto* text = std::get_if<std::string_view>(&fact.value)) {
            append_quoted(line, *text);
        } else if (const auto* number = std::get_if<std::int64_t>(&fact.value)) {
            append_number(line, *number);
        } else if (const auto* real = std::get_if<double>(&fact.value); real != nullptr && std::isfinite(*real)) {
            append_number(line, *real);
        } else if (const auto* truth = std::get_if<bool>(&fact.value)) {
            line += *truth ? "true" : "false";
        } else {
            line += "null";
        }
    }
    line += '}';
    return line;
}

}  // namespace barnabas::event
