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

/// Behind the module's name.
Expected<JaasEntry> read_entry(JaasTokens& tokens, JaasToken module) {
    JaasToken flag = tokens.next();
    if (module.kind != JaasToken::Kind::word || flag.kind != JaasToken::Kind::word) {
        return no_jaas("a login module and a control flag do not stand at its beginning");
    }
    auto known_flag = control_flag(std::move(flag.text));
    if (!known_flag) {
        return no_jaas("the control flag is none of required, requisite, sufficient, optional");
    }
    JaasEntry entry{std::move(module.text), *std::move(known_flag), {}};
    if (auto read = read_options(tokens, entry); !read) {
        return std::unexpected(std::move(read.error()));
    }
    return entry;
}

std::unexpected<Error> no_jaas_file(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

/// From the name's brace to the one that closes it, and the semicolon there.
Expected<std::vector<JaasEntry>> read_section(JaasTokens& tokens, std::string_view name) {
    std::vector<JaasEntry> entries;
    for (JaasToken token = tokens.next(); !token.is('}'); token = tokens.next()) {
        auto entry = read_entry(tokens, std::move(token));
        if (!entry) {
            return no_jaas_file(
                fmt::format("section {}, login module {}: {}", name, entries.size() + 1, entry.error().detail)
            );
        }
        for (const auto& [key, value] : entry->options) {
            if (value.find("${") != std::string::npos) {
                return no_jaas_file(fmt::format(
                    "section {}: a value of {} has ${{...}}, a property of Java; write what it stands for", name,
                    entry->short_name()
                ));
            }
        }
        entries.push_back(*std::move(entry));
    }
    if (!tokens.next().is(';')) {
        return no_jaas_file(fmt::format("section {}: the semicolon behind its closing brace is missing", name));
    }
    return entries;
}

std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        text += c == '"' || c == '\\' ? std::string{'\\', c} : c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return text + '"';
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

std::string JaasEntry::text() const {
    std::string text = fmt::format("{} {}", quoted(module), flag);
    for (const auto& [key, value] : options) {
        text += fmt::format(" {}={}", quoted(key), quoted(value));
    }
    return text + ';';
}

Expected<JaasEntry> parse_jaas(std::string_view text) {
    JaasTokens tokens(text);
    auto entry = read_entry(tokens, tokens.next());
    if (entry && tokens.next().kind != JaasToken::Kind::end) {
        return no_jaas("something follows the semicolon, and only one login module may be there");
    }
    return entry;
}

Expected<JaasFile> parse_jaas_file(std::string_view text) {
    JaasTokens tokens(text);
    JaasFile file;
    for (JaasToken name = tokens.next(); name.kind != JaasToken::Kind::end; name = tokens.next()) {
        if (name.kind != JaasToken::Kind::word || !tokens.next().is('{')) {
            return no_jaas_file(
                fmt::format("section {} does not begin with a name and an opening brace", file.size() + 1)
            );
        }
        auto entries = read_section(tokens, name.text);
        if (!entries) {
            return std::unexpected(std::move(entries.error()));
        }
        if (!file.try_emplace(name.text, *std::move(entries)).second) {
            return no_jaas_file(fmt::format("section {} is there twice", name.text));
        }
    }
    return file;
}

const JaasEntry* jaas_entry_for(std::string_view mechanism, const std::vector<JaasEntry>& entries) {
    const std::string_view module = mechanism == "PLAIN"              ? "PlainLoginModule"
                                    : mechanism.starts_with("SCRAM-") ? "ScramLoginModule"
                                    : mechanism == "OAUTHBEARER"      ? "OAuthBearerLoginModule"
                                    : mechanism == "GSSAPI"           ? "Krb5LoginModule"
                                                                      : "";
    const auto found = std::ranges::find(entries, module, &JaasEntry::short_name);
    return found != entries.end() ? &*found : nullptr;
}

}  // namespace barnabas
