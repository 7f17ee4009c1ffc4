#include "config/properties.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace barnabas {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

std::string_view without_leading_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

/// Takes the next line off `text`; it may end with \n, \r or \r\n.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find_first_of("\r\n");
    const auto line = text.substr(0, end);
    if (end == std::string_view::npos) {
        text = {};
    } else {
        text.remove_prefix(text.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
    }
    return line;
}

bool continues(std::string_view line) {
    const auto last = line.find_last_not_of('\\');
    return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

void append_utf8(std::string& out, char32_t code) {
    const auto byte = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | (code >> 6));
        byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | (code >> 12));
        byte(0x80 | ((code >> 6) & 0x3f));
        byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | (code >> 18));
        byte(0x80 | ((code >> 12) & 0x3f));
        byte(0x80 | ((code >> 6) & 0x3f));
        byte(0x80 | (code & 0x3f));
    }
}

/// Takes "uXXXX" off the front of `text`, which stands after a backslash.
std::optional<char32_t> take_unit(std::string_view& text) {
    std::uint32_t unit = 0;
    const auto digits = text.substr(0, 5);
    const auto end = digits.data() + digits.size();
    if (digits.size() != 5 || std::from_chars(digits.data() + 1, end, unit, 16).ptr != end) {
        return std::nullopt;
    }
    text.remove_prefix(5);
    return static_cast<char32_t>(unit);
}

/// Like take_unit, for a character that may be a pair of surrogates.
std::optional<char32_t> take_unicode(std::string_view& text) {
    const auto unit = take_unit(text);
    if (!unit || *unit < 0xd800 || *unit > 0xdfff) {
        return unit;
    }
    if (*unit >= 0xdc00 || !text.starts_with("\\u")) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    const auto low = take_unit(text);
    if (!low || *low < 0xdc00 || *low > 0xdfff) {
        return std::nullopt;
    }
    return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
}

std::expected<std::string, std::string> unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto escape = text.find('\\');
        out.append(text.substr(0, escape));
        if (escape == std::string_view::npos || escape + 1 == text.size()) {
            break;
        }
        text.remove_prefix(escape + 1);
        if (text.front() == 'u') {
            const auto code = take_unicode(text);
            if (!code) {
                return std::unexpected("a \\u must be followed by four hexadecimal digits that name a character");
            }
            append_utf8(out, *code);
            continue;
        }
        constexpr std::string_view letters = "tnrf";
        constexpr std::string_view meanings = "\t\n\r\f";
        const auto found = letters.find(text.front());
        out.push_back(found == std::string_view::npos ? text.front() : meanings[found]);
        text.remove_prefix(1);
    }
    return out;
}

std::expected<Property, std::string> parse_line(std::string_view line) {
    std::size_t key_end = 0;
    while (key_end < line.size() && line[key_end] != '=' && line[key_end] != ':' && !is_blank(line[key_end])) {
        key_end += line[key_end] == '\\' && key_end + 1 < line.size() ? 2 : 1;
    }
    auto value = without_leading_blanks(line.substr(key_end));
    if (!value.empty() && (value.front() == '=' || value.front() == ':')) {
        value = without_leading_blanks(value.substr(1));
    }
    Property property;
    for (const auto& [text, field] : {std::pair(line.substr(0, key_end), &property.key), {value, &property.value}}) {
        auto plain = unescape(text);
        if (!plain) {
            return std::unexpected(std::move(plain).error());
        }
        *field = *std::move(plain);
    }
    return property;
}

std::string escape(std::string_view text, bool is_key) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        constexpr std::string_view special = "\t\n\r\f";
        const auto found = special.find(c);
        if (found != std::string_view::npos) {
            out.append({'\\', "tnrf"[found]});
            continue;
        }
        const bool blank_counts = c == ' ' && (is_key || i == 0);
        if (blank_counts || c == '\\' || c == '=' || c == ':' || c == '#' || c == '!') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
    return out;
}

}  // namespace

std::expected<std::vector<Property>, std::string> parse_properties(std::string_view text) {
    std::vector<Property> properties;
    for (std::size_t number = 0; !text.empty();) {
        const auto first = without_leading_blanks(take_line(text));
        const auto begins = ++number;
        if (first.empty() || first.front() == '#' || first.front() == '!') {
            continue;
        }
        std::string logical(first);
        while (continues(logical)) {
            logical.pop_back();
            if (text.empty()) {
                break;
            }
            logical.append(without_leading_blanks(take_line(text)));
            ++number;
        }
        auto property = parse_line(logical);
        if (!property) {
            return std::unexpected(fmt::format("line {}: {}", begins, property.error()));
        }
        property->line = begins;
        properties.push_back(*std::move(property));
    }
    return properties;
}

std::string write_properties(std::span<const Property> properties) {
    std::string text;
    for (const auto& property : properties) {
        text.append(escape(property.key, true)).append("=").append(escape(property.value, false)).append("\n");
    }
    return text;
}

std::expected<Property, std::string> parse_override(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
        return std::unexpected(fmt::format("--override {}: it must have the form key=value", text));
    }
    return Property{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), 0};
}

}  // namespace barnabas
