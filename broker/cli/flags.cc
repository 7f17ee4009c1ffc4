#include "cli/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace barnabas {

namespace {

constexpr Flag help_flag{"help", Takes::nothing, "", "Print this text."};
constexpr Flag short_help_flag{"h", Takes::nothing, "", "Print this text."};
constexpr Flag version_flag{"version", Takes::nothing, "", "Print the version."};

const Flag* find_flag(const Usage& usage, std::string_view name) {
    const auto is_meant = [&](const Flag& flag) { return flag.name == name || (!name.empty() && flag.letter == name); };
    const auto has_letter = [](const Flag& flag) { return !flag.letter.empty(); };
    const bool short_help = usage.action_words || std::ranges::any_of(usage.flags, has_letter);
    if (name == help_flag.name || (short_help && name == short_help_flag.name)) {
        return &help_flag;
    }
    if (name == version_flag.name) {
        return &version_flag;
    }
    const auto found = std::ranges::find_if(usage.flags, is_meant);
    return found == usage.flags.end() ? nullptr : &*found;
}

/// `names` as `--a, --b or --c`.
std::string listed(std::string_view names, std::string_view dashes) {
    const auto parts = split(names, ' ');
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        text += i == 0 ? "" : i + 1 == parts.size() ? " or " : ", ";
        text += std::string(dashes) + parts[i];
    }
    return text;
}

void append_wrapped(std::string& out, std::string_view text, std::size_t indent) {
    constexpr std::size_t width = 100;
    std::size_t column = indent;
    bool first = true;
    for (const std::string& word : split(text, ' ')) {
        if (!first && column + 1 + word.size() > width) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
            first = true;
        }
        out += first ? word : ' ' + word;
        column += word.size() + (first ? 0 : 1);
        first = false;
    }
    out += '\n';
}

void append_row(std::string& out, const Flag& flag) {
    constexpr std::size_t indent = 38;
    std::string left = fmt::format("  --{}", flag.name);
    if (!flag.letter.empty()) {
        left += fmt::format(", -{}", flag.letter);
    }
    if (flag.takes == Takes::optional_text) {
        left += fmt::format(" [{}]", flag.argument);
    } else if (flag.takes != Takes::nothing) {
        left += fmt::format(" {}", flag.argument);
    }
    out += left;
    out += left.size() + 2 > indent ? '\n' + std::string(indent, ' ') : std::string(indent - left.size(), ' ');
    std::string help(flag.required ? "REQUIRED. " : "");
    help += flag.help;
    if (!flag.refused.empty()) {
        help += fmt::format("{}Refused: {}.", help.empty() ? "" : " ", flag.refused);
    }
    append_wrapped(out, help, indent);
}

}  // namespace

std::expected<Arguments, std::string> Arguments::parse(const Usage& usage, std::span<const char* const> words) {
    Arguments arguments;
    if (auto taken = arguments.take(usage, words); !taken) {
        return std::unexpected(taken.error());
    }
    if (arguments.wants_help() || arguments.wants_version()) {
        return arguments;
    }
    if (auto found = arguments.find_action(usage); !found) {
        return std::unexpected(found.error());
    }
    if (auto checked = arguments.check(usage); !checked) {
        return std::unexpected(checked.error());
    }
    return arguments;
}

Arguments::Checked Arguments::take(const Usage& usage, std::span<const char* const> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (!word.starts_with('-') || word == "-") {
            words_.emplace_back(word);
            continue;
        }
        word.remove_prefix(word.starts_with("--") ? 2 : 1);
        const auto equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const Flag* flag = find_flag(usage, name);
        if (flag == nullptr) {
            return std::unexpected(fmt::format("{} is not a recognized option", name));
        }
        flags_.emplace_back(flag->name);
        auto& values = values_[flags_.back()];
        std::optional<std::string> value;
        if (equals != word.npos) {
            if (flag->takes == Takes::nothing) {
                return std::unexpected(fmt::format("Option {} does not take a value", name));
            }
            value = word.substr(equals + 1);
        } else if (flag->takes == Takes::text || flag->takes == Takes::number) {
            if (++i == words.size()) {
                return std::unexpected(fmt::format("Option {} requires an argument", name));
            }
            value = words[i];
        } else if (flag->takes == Takes::optional_text && i + 1 < words.size() && words[i + 1][0] != '-') {
            value = words[++i];
        }
        if (flag->takes == Takes::number && !parse_number(*value)) {
            return std::unexpected(fmt::format("Cannot parse argument '{}' of option {} as a number", *value, name));
        }
        if (value && !flag->repeats && !values.empty()) {
            return std::unexpected(fmt::format("Found multiple arguments for option {}, but only one is wanted", name));
        }
        if (value) {
            values.push_back(*std::move(value));
        }
    }
    return {};
}

Arguments::Checked Arguments::find_action(const Usage& usage) {
    if (usage.actions.empty()) {
        return {};
    }
    const auto actions = split(usage.actions, ' ');
    if (usage.action_words) {
        if (words_.empty() || std::ranges::find(actions, words_.front()) == actions.end()) {
            return std::unexpected(fmt::format("One of {} is wanted", listed(usage.actions, "")));
        }
        action_ = words_.front();
        words_.erase(words_.begin());
        return {};
    }
    const auto given = std::ranges::count_if(actions, [&](const std::string& each) { return has(each); });
    if (given != 1) {
        return std::unexpected(fmt::format("Command must include exactly one action: {}", listed(usage.actions, "--")));
    }
    action_ = *std::ranges::find_if(actions, [&](const std::string& each) { return has(each); });
    return {};
}

bool Arguments::any_of(std::string_view names) const {
    return std::ranges::any_of(split(names, ' '), [&](const std::string& name) {
        return action_ == name || has(name);
    });
}

Arguments::Checked Arguments::check(const Usage& usage) const {
    if (!words_.empty() && !usage.free_words) {
        return std::unexpected(fmt::format("'{}' is neither an option nor the value of one", words_.front()));
    }
    for (const Flag& flag : usage.flags) {
        const bool wanted = flag.required && (flag.only_with.empty() || any_of(flag.only_with));
        if (wanted && !has(flag.name)) {
            return std::unexpected(fmt::format("Missing required argument \"[{}]\"", flag.name));
        }
        if (!has(flag.name)) {
            continue;
        }
        if (!flag.refused.empty()) {
            return std::unexpected(fmt::format("--{} cannot be used: {}", flag.name, flag.refused));
        }
        if (!flag.only_with.empty() && !any_of(flag.only_with)) {
            return std::unexpected(fmt::format(
                "Option \"[{}]\" can't be used with option \"[{}]\": it goes with {}", flag.name, action_,
                listed(flag.only_with, usage.action_words ? "" : "--")
            ));
        }
        for (const std::string& other : split(flag.not_with, ' ')) {
            if (has(other)) {
                return std::unexpected(
                    fmt::format("Option \"[{}]\" can't be used with option \"[{}]\"", flag.name, other)
                );
            }
        }
    }
    return {};
}

std::optional<std::string> Arguments::value(std::string_view flag) const {
    const auto found = values_.find(flag);
    if (found == values_.end() || found->second.empty()) {
        return std::nullopt;
    }
    return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view flag) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::optional<std::int64_t> Arguments::number(std::string_view flag) const {
    const auto text = value(flag);
    return text ? parse_number(*text) : std::nullopt;
}

std::string deprecations(const Usage& usage, const Arguments& arguments) {
    std::string text;
    for (const Flag& flag : usage.flags) {
        if (!flag.deprecated.empty() && arguments.has(flag.name)) {
            text += fmt::format("{}\n", flag.deprecated);
        }
    }
    return text;
}

std::string help_text(const Usage& usage) {
    std::string out;
    append_wrapped(out, usage.purpose, 0);
    if (usage.action_words) {
        out += fmt::format("\nUsage: {} {} [OPTION]...\n", usage.tool, join(split(usage.actions, ' '), "|"));
    }
    out += "\nOptions:\n";
    std::vector<Flag> rows(usage.flags.begin(), usage.flags.end());
    rows.push_back(help_flag);
    rows.push_back(version_flag);
    std::ranges::sort(rows, {}, &Flag::name);
    for (const Flag& flag : rows) {
        append_row(out, flag);
    }
    return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == text.npos) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    return parts;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace barnabas
