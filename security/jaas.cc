#include "security/jaas.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace barnabas {

namespace {

struct JaasToken {
    enum class Kind { end, word, symbol, broken };
    Kind kind = Kind::end;
    std::string text;

    [[nodiscard]] bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
};

/// Cuts the text into words, quoted or not, and single characters.
class JaasTokens {
public:
    explicit JaasTokens(std::string_view text) : text_(text) {}

    JaasToken next() {
        if (!skip_blanks()) {
            return {JaasToken::Kind::broken, "a comment that does not end"};
        }
        if (text_.empty()) {
            return {};
        }
        const char first = text_.front();
        if (first == '"' || first == '\'') {
            return quoted(first);
        }
        const auto end = std::ranges::find_if_not(text_, is_word_character);
        const auto size = static_cast<std::size_t>(end - text_.begin());
        return size > 0 ? JaasToken{JaasToken::Kind::word, take(size)} : JaasToken{JaasToken::Kind::symbol, take(1)};
    }

private:
    static bool is_word_character(char c) {
        const auto octet = static_cast<unsigned char>(c);
        return std::isalnum(octet) != 0 || octet >= 0x80 || std::string_view("_-$.").find(c) != std::string_view::npos;
    }

    std::string take(std::size_t size) {
        std::string taken(text_.substr(0, size));
        text_.remove_prefix(size);
        return taken;
    }

    bool skip_blanks() {
        while (!text_.empty()) {
            if (static_cast<unsigned char>(text_.front()) <= ' ') {
                text_.remove_prefix(1);
            } else if (text_.starts_with("//")) {
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            } else if (text_.starts_with("/*")) {
                const auto end = text_.find("*/", 2);
                if (end == std::string_view::npos) {
                    return false;
                }
                text_.remove_prefix(end + 2);
            } else {
                break;
            }
        }
        return true;
    }

    JaasToken quoted(char quote) {
        JaasToken token{JaasToken::Kind::word, {}};
        text_.remove_prefix(1);
        while (!text_.empty() && text_.front() != quote && text_.front() != '\n') {
            token.text += text_.front() == '\\' ? escaped() : take(1);
        }
        if (text_.empty() || text_.front() != quote) {
            return {JaasToken::Kind::broken, "a quote that does not end on its line"};
        }
        text_.remove_prefix(1);
        return token;
    }

    /// After a backslash: one of Java's letters, up to three octal digits, or a character that stands for itself.
    std::string escaped() {
        text_.remove_prefix(1);
        constexpr std::string_view letters = "abfnrtv";
        constexpr std::string_view meanings = "\a\b\f\n\r\t\v";
        if (text_.empty()) {
            return {};
        }
        if (const auto letter = letters.find(text_.front()); letter != std::string_view::npos) {
            text_.remove_prefix(1);
            return {meanings[letter]};
        }
        const std::size_t most = text_.front() <= '3' ? 3 : 2;
        unsigned number = 0;
        std::size_t digits = 0;
        for (; digits < std::min(most, text_.size()) && text_[digits] >= '0' && text_[digits] <= '7'; ++digits) {
            number = number * 8 + static_cast<unsigned>(text_[digits] - '0');
        }
        if (digits == 0) {
            return take(1);
        }
        text_.remove_prefix(digits);
        return number < 0x80
                   ? std::string{static_cast<char>(number)}
                   : std::string{static_cast<char>(0xc0 | number >> 6), static_cast<char>(0x80 | (number & 0x3f))};
    }

    std::string_view text_;
};

std::unexpected<Error> no_jaas(std::string_view what) {
    return fail(
        ErrorCode::invalid_config,
        fmt::format("{}; it must be one line as: org.example.LoginModule required key=\"value\" ... ;", what)
    );
}

std::optional<std::string> control_flag(std::string flag) {
    std::ranges::transform(flag, flag.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 4> flags{"required", "requisite", "sufficient", "optional"};
    return std::ranges::find(flags, flag) != flags.end() ? std::optional(std::move(flag)) : std::nullopt;
}

/// The options up to and with the semicolon.
Expected<void> read_options(JaasTokens& tokens, JaasEntry& entry) {
    for (JaasToken key = tokens.next(); !key.is(';'); key = tokens.next()) {
        if (key.kind == JaasToken::Kind::broken) {
            return no_jaas(fmt::format("there is {}", key.text));
        }
        if (key.kind == JaasToken::Kind::end) {
            return no_jaas("the semicolon at its end is missing");
        }
        if (key.kind != JaasToken::Kind::word || !tokens.next().is('=')) {
            return no_jaas(fmt::format("option {} is not followed by '='", entry.options.size() + 1));
        }
        JaasToken value = tokens.next();
        if (value.kind != JaasToken::Kind::word) {
            return no_jaas(fmt::format("option {} has no value, or one that needs quotes", entry.options.size() + 1));
        }
        entry.options.insert_or_assign(std::move(key.text), std::move(value.text));
    }
    return {};
}

}  // namespace

std::string_view JaasEntry::option(std::string_view key) const {
    const auto found = options.find(key);
    return found != options.end() ? std::string_view(found->second) : std::string_view();
}

std::string_view JaasEntry::short_name() const {
    const std::string_view name = module;
    return name.substr(name.rfind('.') + 1);
}

Expected<JaasEntry> parse_jaas(std::string_view text) {
    JaasTokens tokens(text);
    JaasEntry entry;
    JaasToken name = tokens.next();
    JaasToken flag = tokens.next();
    if (name.kind != JaasToken::Kind::word || flag.kind != JaasToken::Kind::word) {
        return no_jaas("a login module and a control flag do not stand at its beginning");
    }
    auto known_flag = control_flag(std::move(flag.text));
    if (!known_flag) {
        return no_jaas("the control flag is none of required, requisite, sufficient, optional");
    }
    entry.module = std::move(name.text);
    entry.flag = *std::move(known_flag);
    if (auto read = read_options(tokens, entry); !read) {
        return std::unexpected(std::move(read.error()));
    }
    if (tokens.next().kind != JaasToken::Kind::end) {
        return no_jaas("something follows the semicolon, and only one login module may be there");
    }
    return entry;
}

}  // namespace barnabas
