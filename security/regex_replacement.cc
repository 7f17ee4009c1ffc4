#include "security/regex_replacement.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

namespace barnabas {

struct RegexReplacement::Pattern {
    explicit Pattern(std::string_view text) : regex(re2::StringPiece(text.data(), text.size()), re2::RE2::Quiet) {}
    re2::RE2 regex;
};

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes the digits of a reference off `rest`: as many as name a group there is, but the first in any case.
int take_group(std::string_view& rest, int groups) {
    int group = rest.front() - '0';
    rest.remove_prefix(1);
    while (!rest.empty() && is_digit(rest.front()) && group * 10 + (rest.front() - '0') <= groups) {
        group = group * 10 + (rest.front() - '0');
        rest.remove_prefix(1);
    }
    return group;
}

}  // namespace

Expected<RegexReplacement> RegexReplacement::parse(std::string_view pattern, std::string_view replacement) {
    auto compiled = std::make_shared<const Pattern>(pattern);
    if (!compiled->regex.ok()) {
        return fail(
            ErrorCode::invalid_config, fmt::format("cannot use the pattern `{}`: {}", pattern, compiled->regex.error())
        );
    }
    RegexReplacement made;
    made.pattern_ = std::move(compiled);
    if (auto added = made.add_parts(replacement); !added) {
        return std::unexpected(std::move(added.error()));
    }
    return made;
}

Expected<void> RegexReplacement::add_parts(std::string_view replacement) {
    const auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::invalid_config, fmt::format("in the replacement `{}` {}", replacement, why));
    };
    const int groups = pattern_->regex.NumberOfCapturingGroups();
    std::string plain;
    for (std::string_view rest = replacement; !rest.empty();) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c != '\\' && c != '$') {
            plain += c;
        } else if (rest.empty()) {
            return refuse(fmt::format("nothing follows the last {}", c));
        } else if (c == '\\') {
            plain += rest.front();
            rest.remove_prefix(1);
        } else if (!is_digit(rest.front())) {
            return refuse("no number of a group follows a $");
        } else if (const int group = take_group(rest, groups); group <= groups) {
            parts_.push_back({std::exchange(plain, {}), none});
            parts_.push_back({{}, group});
        } else if (groups > 0) {
            plain += fmt::format("${}", group);
        } else {
            return refuse(fmt::format("there is ${}, and the pattern has no group", group));
        }
    }
    parts_.push_back({std::move(plain), none});
    return {};
}

bool RegexReplacement::matches_all_of(std::string_view text) const {
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern_->regex);
}

std::string RegexReplacement::replace_all(std::string_view text) const {
    return replace(text, true);
}

std::string RegexReplacement::replace_first(std::string_view text) const {
    return replace(text, false);
}

std::string RegexReplacement::replace(std::string_view text, bool all) const {
    const re2::RE2& regex = pattern_->regex;
    const re2::StringPiece whole(text.data(), text.size());
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
    std::string out;
    std::size_t copied = 0;
    std::size_t from = 0;
    while (from <= text.size() &&
           regex.Match(whole, from, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))
    ) {
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        out += text.substr(copied, begin - copied);
        for (const Part& part : parts_) {
            if (part.group == none) {
                out += part.text;
            } else {
                const re2::StringPiece& group = groups[static_cast<std::size_t>(part.group)];
                out.append(group.data() ? group.data() : "", group.size());
            }
        }
        copied = begin + groups[0].size();
        from = !all ? text.size() + 1 : groups[0].empty() ? copied + 1 : copied;
    }
    out += text.substr(copied);
    return out;
}

}  // namespace barnabas
