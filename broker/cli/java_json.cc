#include "cli/java_json.h"

#include <fmt/format.h>

#include <cmath>

#include "common/java_double.h"

namespace barnabas {

namespace {

std::string java_members(const boost::json::object& object) {
    std::string text;
    for (const auto& member : object) {
        text += fmt::format(
            "{}{}:{}", text.empty() ? "" : ",", boost::json::serialize(member.key()), java_json(member.value())
        );
    }
    return text;
}

std::string java_elements(const boost::json::array& array) {
    std::string text;
    for (const auto& element : array) {
        text += (text.empty() ? "" : ",") + java_json(element);
    }
    return text;
}

}  // namespace

std::string java_json(const boost::json::value& value) {
    switch (value.kind()) {
        case boost::json::kind::object:
            return fmt::format("{{{}}}", java_members(value.get_object()));
        case boost::json::kind::array:
            return fmt::format("[{}]", java_elements(value.get_array()));
        case boost::json::kind::double_: {
            const double number = value.get_double();
            return std::isfinite(number) ? java_text(number) : fmt::format("\"{}\"", java_text(number));
        }
        default:
            return boost::json::serialize(value);
    }
}

}  // namespace barnabas
