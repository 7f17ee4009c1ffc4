#include "model/topic_name.h"

#include <algorithm>

#include <fmt/format.h>

namespace barnabas {

namespace {

bool allowed(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

}  // namespace

Expected<void> validate_topic_name(std::string_view topic) {
    const auto refuse = [](std::string_view why) {
        return fail(ErrorCode::invalid_topic_exception, fmt::format("Topic name is invalid: {}", why));
    };
    if (topic.empty()) {
        return refuse("the empty string is not allowed");
    }
    if (topic == "." || topic == "..") {
        return refuse(fmt::format("'{}' is not allowed", topic));
    }
    if (topic.size() > longest_topic_name) {
        return refuse(
            fmt::format("the length of '{}' is longer than the max allowed length {}", topic, longest_topic_name)
        );
    }
    if (!std::ranges::all_of(topic, allowed)) {
        return refuse(
            fmt::format("'{}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'", topic)
        );
    }
    return {};
}

bool topic_names_collide(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return (a == '.' ? '_' : a) == (b == '.' ? '_' : b); });
}

}  // namespace barnabas
