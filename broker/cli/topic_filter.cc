#include "cli/topic_filter.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace barnabas {

struct TopicFilter::Pattern {
    explicit Pattern(const std::string& text) : regex(text, re2::RE2::Quiet) {}
    re2::RE2 regex;
};

std::expected<TopicFilter, std::string> TopicFilter::parse(std::string_view expression) {
    std::string regex(expression);
    const auto first = regex.find_first_not_of(" \t\"'");
    regex = first == regex.npos ? "" : regex.substr(first, regex.find_last_not_of(" \t\"'") - first + 1);
    std::ranges::replace(regex, ',', '|');
    auto pattern = std::make_shared<const Pattern>(regex);
    if (!pattern->regex.ok()) {
        return std::unexpected(fmt::format("{} is an invalid regex: {}", expression, pattern->regex.error()));
    }
    TopicFilter filter;
    filter.pattern_ = std::move(pattern);
    return filter;
}

bool TopicFilter::matches(std::string_view name) const {
    return re2::RE2::FullMatch(re2::StringPiece(name.data(), name.size()), pattern_->regex);
}

std::string regex_fault(std::string_view expression) {
    const re2::RE2 regex(re2::StringPiece(expression.data(), expression.size()), re2::RE2::Quiet);
    return regex.ok() ? std::string() : regex.error();
}

}  // namespace barnabas
